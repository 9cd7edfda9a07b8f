# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an ordinary module costs before it does anything: the size of its payload, and what it imports."""

from __future__ import annotations

import json

import pytest

from ansible_collections.dcos.security.tests.unit.plugins.plugin_utils.payload import PLUGINS, run, sizes

MODULES = sorted(path.stem for path in (PLUGINS / "modules").glob("dcos_*.py"))

# KiB, compressed, of all that the collection adds to the 110 to 160 KB that ansible-core's own part has. Most of it is
# the way to the cluster and the handling of lists, which all have; some do more than one thing with one answer.
LARGEST_PAYLOAD = 76
LARGER_PAYLOADS = {
    "dcos_acl_info": 80,  # subjects and ACLs, the grammar of rids and where it is documented
    "dcos_acl": 88,  # grants, and the ACLs themselves
    "dcos_service_account": 92,  # the replacement of keys
    "dcos_service_identity_info": 96,  # accounts, permissions, secrets and certificates
    "dcos_ca_cert": 100,  # keys, requests, renewal, keystores
}
# These handle certificates.
CERTIFIED = {"dcos_ca_cert", "dcos_ca_info", "dcos_service_identity_info"}

# What certificates are made of goes only where certificates are handled.
CERTIFICATES = {
    "_x509.py",
    "_x509_names.py",
    "_reissue.py",
    "_certificate_storage.py",
    "_keystores.py",
    "_renewal.py",
    "_certificate.py",
    "_authority.py",
    "_ca.py",
}


@pytest.mark.parametrize("module", MODULES)
def test_payload_is_small(module):
    parts = sizes(module)
    assert f"{module}.py" in parts
    assert sum(parts.values()) <= LARGER_PAYLOADS.get(module, LARGEST_PAYLOAD) * 1024, parts
    assert bool(CERTIFICATES & set(parts)) == (module in CERTIFIED), sorted(parts)


def libraries(imported: set) -> set:
    """Return those of the collection's libraries that are among the imported names."""
    return {"requests", "cryptography", "jwt"} & imported


# Each with a token: (module, options).
WITHOUT_KEYS = [
    ("dcos_acl", {"uid": "bootstrapuser", "rid": "dcos:superuser", "actions": ["full"]}),
    ("dcos_acl_info", {"uid": "bootstrapuser"}),
    ("dcos_group", {"gid": "superusers"}),
    ("dcos_group_info", {}),
    ("dcos_login", {}),
    ("dcos_secret", {"path": "a/b", "value": "a-value"}),
    ("dcos_secret_info", {}),
    ("dcos_service_account", {"uid": "nobody", "state": "absent"}),
    ("dcos_user", {"uid": "nobody", "state": "absent"}),
    ("dcos_user_info", {}),
]


@pytest.mark.parametrize("module, options", WITHOUT_KEYS, ids=[module for module, _options in WITHOUT_KEYS])
def test_token_needs_neither_cryptography_nor_jwt(module, options, cluster, tmp_path):
    answer, imported = run(module, {**cluster.connection, **options}, tmp_path)
    assert not json.loads(answer).get("failed"), answer
    assert libraries(imported) == {"requests"}


def test_password_login_needs_neither_cryptography_nor_jwt(cluster, tmp_path):
    options = {name: value for name, value in cluster.connection.items() if name != "auth_token"}
    options.update(auth_username=cluster.username, auth_password=cluster.password)
    answer, imported = run("dcos_secret", {**options, "path": "a/b", "value": "a-value"}, tmp_path)
    assert json.loads(answer)["changed"], answer
    assert libraries(imported) == {"requests"}


def test_key_is_handled_without_jwt(cluster, tmp_path):
    answer, imported = run(
        "dcos_service_account_secret", {**cluster.connection, "path": "a/b", "uid": "kafka"}, tmp_path
    )
    assert json.loads(answer)["public_key"], answer
    assert libraries(imported) == {"requests", "cryptography"}


def test_service_login_imports_all(cluster, tmp_path, pems):
    options = {name: value for name, value in cluster.connection.items() if name != "auth_token"}
    options.update(auth_username="nobody", auth_private_key=pems[0])
    answer, imported = run("dcos_login", options, tmp_path)
    assert "refused the credentials" in json.loads(answer)["msg"], answer
    assert libraries(imported) == {"requests", "cryptography", "jwt"}


def test_refused_options_import_nothing(tmp_path):
    answer, imported = run("dcos_acl", {"uid": "kafka", "rid": "not a rid", "actions": ["full"]}, tmp_path)
    assert "rid" in json.loads(answer)["msg"], answer
    assert not libraries(imported)
