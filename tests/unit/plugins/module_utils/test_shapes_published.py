# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shapes of answers against the API description that dcos-emulator serves, which is compared with the published one."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.dcos.security.plugins.module_utils import _shapes

JSON_TYPES = {str: "string", bool: "boolean", int: "integer", dict: "object"}
IAM, SECRETS = "/acs/api/v1", "/secrets/v1"

# Which answer each shape is of: method, path.
ANSWERS = {
    "USER": ("get", f"{IAM}/users/{{uid}}"),
    "USERS": ("get", f"{IAM}/users"),
    "GROUP": ("get", f"{IAM}/groups/{{gid}}"),
    "GROUPS": ("get", f"{IAM}/groups"),
    "ACL": ("get", f"{IAM}/acls/{{rid}}"),
    "ACLS": ("get", f"{IAM}/acls"),
    "GROUPS_OF_USER": ("get", f"{IAM}/users/{{uid}}/groups"),
    "MEMBERS": ("get", f"{IAM}/groups/{{gid}}/users"),
    "USER_PERMISSIONS": ("get", f"{IAM}/users/{{uid}}/permissions"),
    "GROUP_PERMISSIONS": ("get", f"{IAM}/groups/{{gid}}/permissions"),
    "HOLDERS": ("get", f"{IAM}/acls/{{rid}}/permissions"),
    "TOKEN": ("post", f"{IAM}/auth/login"),
    "SECRET": ("get", f"{SECRETS}/secret/{{store}}/{{path}}"),
    "SECRET_NAMES": ("get", f"{SECRETS}/secret/{{store}}/{{path}}"),
    "SEAL_STATUS": ("get", f"{SECRETS}/seal-status/{{store}}"),
}


def difference(shape: Any, schemas: list[Any], document: dict[str, Any], where: str) -> str:
    """Say where none of the schemas allows what the shape asks for; "" if one does."""
    return min((_difference(shape, schema, document, where) for schema in schemas), key=bool)


def _difference(shape: Any, schema: dict[str, Any], document: dict[str, Any], where: str) -> str:
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        return difference(shape, schema["anyOf"], document, where)
    if isinstance(shape, list):
        if schema.get("type") != "array":
            return f"{where} is published as {schema.get('type')}"
        return _difference(shape[0], schema["items"], document, f"{where}[]")
    if not isinstance(shape, dict):
        expected = JSON_TYPES[shape]
        return "" if schema.get("type") == expected else f"{where} is published as {schema.get('type')}, not {expected}"
    for name, inner in shape.items():
        member = name.rstrip("?")
        published = schema.get("properties", {}).get(member)
        if published is None:
            return f"{where}.{member} is not published"
        if name == member and member not in schema.get("required", ()):
            return f"{where}.{member} may be missing"
        if wrong := _difference(inner, published, document, f"{where}.{member}"):
            return wrong
    return ""


@pytest.mark.parametrize("name", ANSWERS)
def test_what_is_read_is_what_is_published(cluster, name):
    document = cluster.control("GET", "/openapi.json").json()
    method, path = ANSWERS[name]
    responses = document["paths"][path][method]["responses"]
    schemas = [
        content["schema"]
        for status, response in responses.items()
        if status.startswith("2")
        for kind, content in (response.get("content") or {}).items()
        if "json" in kind
    ]
    assert difference(getattr(_shapes, name), schemas, document, name) == ""


def test_no_shape_of_iam_and_secrets_is_left_out():
    shapes = {name for name in vars(_shapes) if name.isupper() and isinstance(getattr(_shapes, name), (dict, list))}
    parts_and_the_ca = {"ACTIONS", "PERMISSION", "NAMES", "CA_INFO", "CERTIFICATE", "KEY", "BUNDLE", "CERTIFICATES"}
    assert shapes - parts_and_the_ca == set(ANSWERS)
