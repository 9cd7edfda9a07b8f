# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers of the CA against the published Swagger document, where DCOS_SWAGGER_DIR points at a copy of it.

Three things that the document says are not what the CA does; each is tested for itself and then set right before the
answer is validated: ``result`` of an error is null instead of empty, ``usages`` of info is a list instead of one usage,
and newcert, which the document leaves out, may carry a message.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from ca_client import Ca
from ca_material import pem_csr
from jsonschema import Draft4Validator, ValidationError

pytest_plugins = ("ca_fixtures",)


@pytest.fixture(scope="module")
def definitions() -> dict[str, Any]:
    """The schemas of certificate-authority.yaml."""
    directory = os.environ.get("DCOS_SWAGGER_DIR")
    if not directory:
        pytest.skip("DCOS_SWAGGER_DIR, a directory with DC/OS' certificate-authority.yaml, is not set")
    document = yaml.safe_load((Path(directory) / "certificate-authority.yaml").read_text())
    return document["definitions"]


def validate(envelope: dict[str, Any], name: str, definitions: dict[str, Any]) -> None:
    """Raise ValidationError unless the envelope fits the definition of that name."""
    Draft4Validator({"$ref": f"#/definitions/{name}", "definitions": definitions}).validate(envelope)


NEWKEY = {"CN": "a.example", "hosts": ["a.example"], "names": [{"C": "US", "O": "Example"}]}

SUCCESSES = [
    ("newkey", NEWKEY, "APINewKeyResponse"),
    ("newkey", {**NEWKEY, "key": {"algo": "rsa", "size": 2048}}, "APINewKeyResponse"),
    ("newcert", {"request": NEWKEY}, "APINewKeyResponse"),
    ("newcert", {"request": NEWKEY}, "APISignCSRResponse"),
    ("sign", {"certificate_request": pem_csr(), "profile": ""}, "APISignCSRResponse"),
    ("sign", {"certificate_request": pem_csr(), "hosts": ["a.example"]}, "APISignCSRResponse"),
]

ERRORS = [
    ("info", b""),
    ("newkey", {"key": {"algo": "rsa", "size": 1}}),
    ("newkey", {"hosts": "a"}),
    ("newcert", {"request": None}),
    ("sign", {}),
    ("sign", {"certificate_request": "x"}),
    ("sign", {"certificate_request": pem_csr(), "subject": [{"O": "as the document has it"}]}),
    ("bundle", {"certificate": "x"}),
    ("bundle", b"["),
]


@pytest.mark.parametrize(("operation", "body", "name"), SUCCESSES)
def test_results_fit_the_document(ca: Ca, definitions: dict[str, Any], operation: str, body: object, name: str) -> None:
    validate(json.loads(ca.call(operation, body).body), name, definitions)


@pytest.mark.parametrize("body", [{}, {"profile": "client"}, {"label": "primary"}])
def test_info_fits_the_document_but_for_its_list_of_usages(ca: Ca, definitions: dict[str, Any], body: object) -> None:
    envelope = json.loads(ca.call("info", body).body)
    with pytest.raises(ValidationError):
        validate(envelope, "APICAInfoResponse", definitions)
    for usage in envelope["result"]["usages"]:
        one = {**envelope, "result": {**envelope["result"], "usages": usage}}
        validate(one, "APICAInfoResponse", definitions)


@pytest.mark.parametrize(("operation", "body"), ERRORS)
def test_errors_fit_the_document_but_for_null(
    ca: Ca, definitions: dict[str, Any], operation: str, body: object
) -> None:
    answer = ca.call(operation, body)
    assert answer.status == (500 if (operation, body) == ("bundle", b"[") else 400)
    envelope = json.loads(answer.body)
    assert envelope["result"] is None
    validate({**envelope, "result": {}}, "APIErrorResponse", definitions)


def test_newcert_without_hosts_fits_but_for_its_message(ca: Ca, definitions: dict[str, Any]) -> None:
    envelope = json.loads(ca.call("newcert", {"request": {"CN": "a"}}).body)
    assert [message["code"] for message in envelope["messages"]] == [5300]
    validate({**envelope, "messages": []}, "APINewKeyResponse", definitions)
