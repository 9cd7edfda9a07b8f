# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a stored secret is, said of it without its value: a credential, a certificate, a private key, a chain. Pure.

This file is private to the collection.
"""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.dcos.security.plugins.module_utils import _keys, _x509, _x509_names
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError

Description = dict[str, Any]

# What a credential cannot do without, as `dcos security secrets create-sa-secret` writes it.
REQUIRED = ("uid", "private_key", "login_endpoint", "scheme")


def describe_secret(value: str | bytes) -> Description | None:
    """Return what a secret's value is, or None for what is none of these.

    ``{kind: "credential", uid, fingerprint, key_size, login_endpoint, problems}``,
    ``{kind: "certificate", pem, fingerprint, key_fingerprint, …}`` (with ``key_fingerprint`` where it holds its key,
    too), ``{kind: "key", fingerprint}``, ``{kind: "chain", pem}``. Fingerprints are of public keys (SHA-256 of the DER
    SPKI), which are no secrets; nothing else of a private key is in it.
    """
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    if text.lstrip()[:1] == "{":
        return _credential(text)
    if "-----BEGIN " in text:
        return _pem(text)
    if isinstance(value, bytes) and value[:1] == b"\x30":  # a DER sequence
        key = _fingerprint_of_key(value)
        return {"kind": "key", "fingerprint": key} if key else None
    return None


def _credential(text: str) -> Description | None:
    try:
        members = json.loads(text)
    except ValueError:
        # Somebody who meant a credential and broke it; or a text of their own that happens to begin like one.
        return _described(["It is no JSON."]) if '"private_key"' in text and '"uid"' in text else None
    if not isinstance(members, dict) or not {"private_key", "login_endpoint"} & set(members):
        return None
    uid = members.get("uid") if isinstance(members.get("uid"), str) else None
    problems = [
        f"It has no {name}."
        for name in REQUIRED
        if not isinstance(members.get(name), str) and not (name == "scheme" and "schema" in members)
    ]
    if "schema" in members:
        problems.append("It says schema where it should say scheme, as the DC/OS UI wrote it.")
    if isinstance(members.get("scheme"), str) and members["scheme"] != "RS256":
        problems.append("Its scheme is not RS256.")
    key = members.get("private_key")
    public, size = None, None
    if isinstance(key, str):
        try:
            public, size = _keys.about_private_key(key)
        except InputError:
            problems.append("Its private key cannot be read.")
        else:
            if not _keys.is_pkcs8(key):
                problems.append("Its private key is not spelt as PKCS#8, which schedulers of the SDK need.")
    endpoint = members.get("login_endpoint")
    return _described(problems, uid, public, size, endpoint if isinstance(endpoint, str) else None)


def _described(
    problems: list[str],
    uid: str | None = None,
    fingerprint: str | None = None,
    key_size: int | None = None,
    login_endpoint: str | None = None,
) -> Description:
    return {
        "kind": "credential",
        "uid": uid,
        "fingerprint": fingerprint,
        "key_size": key_size,
        "login_endpoint": login_endpoint,
        "problems": problems,
    }


def _pem(text: str) -> Description | None:
    labels = {label for label, _block in _keys.pem_blocks(text)}
    key = _fingerprint_of_key(text) if any(label.endswith("PRIVATE KEY") for label in labels) else None
    if "CERTIFICATE" not in labels:
        return {"kind": "key", "fingerprint": key} if key else None
    certificates = _x509.split_bundle(text)
    try:
        about = _x509.describe_certificate(certificates[0])
        is_ca = _x509.is_ca(certificates[0])
    except InputError:
        return None
    pem = "".join(certificates)
    if is_ca and key is None:
        return {"kind": "chain", "pem": pem}
    return {
        "kind": "certificate",
        "pem": pem,
        "fingerprint": about["public_key_fingerprint"],
        "key_fingerprint": key,
        "common_name": about["subject"].get("CN"),
        "subject": {name: about["subject"][name] for name in _x509_names.SUBJECT_NAMES if name in about["subject"]},
        "hosts": [san.partition(":")[2] for san in about["subject_alt_name"]],
        "key_type": about["key_type"],
        "key_size": about["key_size"],
        "not_after": about["not_after"],
    }


def _fingerprint_of_key(content: str | bytes) -> str | None:
    """Return the fingerprint of the public half of a private key, or None where there is no readable one."""
    try:
        return _keys.fingerprint_of(_x509.load_key(content).public_key())
    except InputError:
        return None
