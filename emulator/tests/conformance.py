# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks responses against API descriptions: the emulator's own, and the published Swagger where it is at hand."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from emulator_process import Answer
from jsonschema import Draft4Validator

from dcos_emulator.openapi import document

# Directory of ent-iam.yaml, secrets.yaml and certificate-authority.yaml of the DC/OS API documentation.
SWAGGER_DIR = os.environ.get("DCOS_SWAGGER_DIR")
SWAGGER_FILES = ("ent-iam.yaml", "secrets.yaml", "certificate-authority.yaml")

METHODS = {"get", "put", "post", "patch", "delete"}


@dataclass
class Description:
    """The operations of an API description and the schemas of their responses."""

    operations: list[tuple[re.Pattern[str], str, str, dict[str, Any]]]
    schemas: dict[str, Any]
    seen: set[tuple[str, str]] = field(default_factory=set)

    def find(self, method: str, path: str) -> tuple[tuple[str, str], dict[str, Any]] | None:
        """The most specific operation for the path: its name (method and template) and its responses."""
        for pattern, verb, template, responses in self.operations:
            if verb == method and pattern.fullmatch(path):
                return (verb, template), responses
        return None

    def check(self, method: str, target: str, answer: Answer) -> bool:
        """Validate a 2xx response; False if the operation or its schema is not described."""
        path, _separator, query = target.partition("?")
        found = self.find(method, path)
        if found is None or not 200 <= answer.status < 300:
            return False
        name, responses = found
        assert str(answer.status) in responses, f"{method} {target}: {answer.status} is not described"
        self.seen.add(name)
        media = answer.headers.get_content_type()
        schema = _schema(responses[str(answer.status)], media)
        if schema is None or media != "application/json" or query.startswith("list="):
            return False
        Draft4Validator({**schema, **self.schemas}).validate(answer.json())
        return True


def _schema(response: dict[str, Any], media: str) -> dict[str, Any] | None:
    if "content" in response:  # OpenAPI 3
        assert media in response["content"], f"{media} is not described"
        return response["content"][media]["schema"] if media == "application/json" else None
    return response.get("schema")


def _pattern(template: str) -> re.Pattern[str]:
    """Secret paths hold slashes; no other parameter does."""
    parts = re.split(r"({[^}]*})", template)
    return re.compile(
        "".join((".*" if "path" in part else "[^/]+") if part.startswith("{") else re.escape(part) for part in parts)
    )


def _operations(paths: dict[str, Any], base: str) -> list[tuple[re.Pattern[str], str, str, dict[str, Any]]]:
    found = [
        (_pattern(base + template), method.upper(), base + template, _by_status(item[method]["responses"]))
        for template, item in paths.items()
        for method in METHODS & item.keys()
    ]
    return sorted(found, key=lambda operation: operation[2].count("{"))


def _by_status(responses: dict[Any, Any]) -> dict[str, Any]:
    return {str(status): response for status, response in responses.items()}


def own_description() -> Description:
    """What the emulator says of itself."""
    found = document()
    return Description(_operations(found["paths"], ""), {"components": found["components"]})


def swagger_descriptions() -> list[Description]:
    """The published descriptions; none without DCOS_SWAGGER_DIR."""
    if not SWAGGER_DIR:
        return []
    descriptions = []
    for name in SWAGGER_FILES:
        text = (Path(SWAGGER_DIR) / name).read_text()
        found = yaml.safe_load(text)
        definitions = found["definitions"]
        if name == "certificate-authority.yaml":
            # The CA answers with a list of usages, and with messages beside a result.
            definitions["KeyUsages"] = {"type": "array", "items": definitions["KeyUsages"]}
        if name == "secrets.yaml":
            # A cluster answers 204 where this says 200.
            found["paths"]["/seal/{store}"]["put"]["responses"][204] = {}
            # It also says where the store is (documentation of `dcos security secret-store show`, 2.0 to 2.2).
            definitions["Backend"]["properties"]["addr"] = {"type": "string"}
        base = found["basePath"].rstrip("/")
        descriptions.append(Description(_operations(found["paths"], base), {"definitions": definitions}))
    return descriptions


class Conformance:
    """Checks every answer against every description there is."""

    def __init__(self) -> None:
        self.own = own_description()
        self.published = swagger_descriptions()
        self.validated = 0

    def check(self, method: str, target: str, answer: Answer) -> None:
        """AssertionError or jsonschema.ValidationError for an answer that is not as described."""
        for description in (self.own, *self.published):
            self.validated += description.check(method, target, answer)
