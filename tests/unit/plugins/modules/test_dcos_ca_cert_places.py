# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a certificate is kept, whose request it is made from, and what its files look like."""

from __future__ import annotations

import errno
import os
import stat

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ansible_collections.dcos.security.plugins.module_utils import _ca, _x509
from ansible_collections.dcos.security.plugins.module_utils._module import Module
from ansible_collections.dcos.security.tests.unit.plugins.certificates import (
    CN,
    MODULE,
    Secrets,
    csr,
    load,
)

YEARS = 3650 * 86400


# --- signing requests


def test_a_request_whose_key_stays_elsewhere(cluster, place, tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    path = tmp_path / "request.csr"
    path.write_text(csr(key), encoding="utf-8")
    made = cluster.converge(MODULE, csr_path=str(path), **place.certificate_only)
    assert made["subject"] == {"CN": CN}
    assert load(place.read("certificate")).public_key().public_numbers() == key.public_key().public_numbers()
    assert cluster.run(MODULE, csr_content=csr(key), **place.certificate_only)["changed"] is False
    other = cluster.converge(MODULE, csr_content=csr(key, sans=[CN, "b.example.com"]), **place.certificate_only)
    assert other["reasons"] == ["subject alternative names differ"]
    another = cluster.converge(
        MODULE, csr_content=csr(ec.generate_private_key(ec.SECP256R1())), **place.certificate_only
    )
    assert "key mismatch" in another["reasons"]


def test_malformed_requests(cluster, place):
    for text in ("no csr", "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n"):
        outcome = cluster.fail(MODULE, csr_content=text, **place.certificate_only)
        assert "certificate signing request" in outcome["msg"]


@pytest.mark.parametrize("clash", [{"common_name": CN}, {"hosts": [CN]}, {"subject": {"O": "x"}}, {"key_size": 256}])
def test_what_a_request_says_already(cluster, place, clash):
    request = csr(ec.generate_private_key(ec.SECP256R1()))
    outcome = cluster.fail(MODULE, csr_content=request, **place.certificate_only, **clash)
    assert next(iter(clash)) in outcome["msg"]
    assert not outcome.sent


# --- options


def test_where_it_is_kept(cluster, tmp_path):
    path = str(tmp_path / "x.pem")
    for options in (
        {},
        {"path": path, "privatekey_path": path + "2", "certificate_secret": "a"},
        {"path": path},
        {"certificate_secret": "a"},
        {"privatekey_secret": "a"},
        {"path": path, "privatekey_path": path},
        {"certificate_secret": "a", "privatekey_secret": "/a"},
        {"certificate_secret": "a", "privatekey_secret": "b", "chain_secret": "b"},
    ):
        outcome = cluster.fail(MODULE, common_name=CN, **options)
        assert not outcome.sent
        # What is wrong with the task comes before what is wrong with the connection.
        assert cluster.fail(MODULE, common_name=CN, ca_path="/missing", **options)["msg"] == outcome["msg"]
    assert "common_name" in cluster.fail(MODULE, path=path, privatekey_path=path + "2")["msg"]


@pytest.mark.parametrize(
    "wish",
    [
        {"common_name": "x" * 65},
        {"common_name": "a b"},
        {"hosts": ["a b"]},
        {"hosts": ["10.0.3"]},
        {"subject": {"C": "Germany"}},
    ],
    ids=str,
)
def test_names_that_no_certificate_can_hold(keep, wish):
    assert not keep("fail", **wish).writes


def test_who_may_not_have_certificates_signed(cluster, keep):
    cluster.iam("PUT", "/users/clerk", {"password": "wonderland"})
    rid = "dcos:secrets:default:%252Fkafka%252F*"
    cluster.iam("PUT", f"/acls/{rid}", {"description": ""})
    cluster.iam("PUT", f"/acls/{rid}/users/clerk/full")
    outcome = keep("fail", auth_token=cluster.login("clerk", password="wonderland"))
    assert "dcos:adminrouter:ops:ca:rw full" in outcome["msg"]
    assert outcome["failure"] == {"status": 403, "code": None, "method": "POST", "path": "/ca/api/v2/sign"}


# --- files


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def test_modes_of_files(cluster, files):
    previous = os.umask(0)
    try:
        cluster.run(MODULE, common_name=CN, key_type="ECDSA", **files.options)
    finally:
        os.umask(previous)
    assert [mode(files.paths[part]) for part in ("certificate", "private_key", "chain")] == [0o644, 0o600, 0o644]
    assert sorted(os.listdir(os.path.dirname(files.paths["chain"]))) == sorted(
        map(os.path.basename, files.paths.values())
    )


def test_modes_are_kept_up(cluster, files):
    wish = {"common_name": CN, "key_type": "ECDSA", **files.options, "mode": "0640", "privatekey_mode": "0400"}
    cluster.converge(MODULE, **wish)
    os.chmod(files.paths["private_key"], 0o644)
    os.chmod(files.paths["certificate"], 0o666)
    predicted = cluster.run(MODULE, check=True, **wish)
    assert predicted["changed"] is True
    assert mode(files.paths["private_key"]) == 0o644
    done = cluster.run(MODULE, **wish)
    assert done["changed"] is True
    assert done["reasons"] == []
    assert not done.writes
    assert [mode(files.paths[part]) for part in ("certificate", "private_key")] == [0o640, 0o400]
    assert cluster.run(MODULE, **wish)["changed"] is False
    cluster.run(MODULE, **wish, force=True)
    assert [mode(files.paths[part]) for part in ("certificate", "private_key")] == [0o640, 0o400]


def test_links_stay_links(cluster, files, tmp_path):
    target = tmp_path / "elsewhere.pem"
    target.write_text("", encoding="utf-8")
    os.symlink(target, files.paths["certificate"])
    cluster.converge(MODULE, common_name=CN, key_type="ECDSA", **files.options)
    assert os.path.islink(files.paths["certificate"])
    assert "BEGIN CERTIFICATE" in target.read_text(encoding="utf-8")


def test_a_csr_with_names_that_the_ca_leaves_out_or_sorts(cluster, place):
    """What cfssl does to the subject of a request is no reason to throw the certificate away."""
    names = [
        (NameOID.ORGANIZATION_NAME, "Example, Inc."),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "zzz"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "aa"),
        (NameOID.DOMAIN_COMPONENT, "example"),
        (NameOID.EMAIL_ADDRESS, "kafka@example.com"),
    ]
    key = ec.generate_private_key(ec.SECP256R1())
    made = cluster.converge(MODULE, csr_content=csr(key, more=names), **place.certificate_only)
    # Older libraries tell the values of one name in any order.
    assert made["subject"] in [{"CN": CN, "O": "Example, Inc.", "OU": units} for units in ("aa, zzz", "zzz, aa")]
    names[2] = (NameOID.ORGANIZATIONAL_UNIT_NAME, "other")
    other = cluster.converge(MODULE, csr_content=csr(key, more=names), **place.certificate_only)
    assert other["reasons"] == ["subject differs"]


def test_the_mode_of_a_file_stays_unless_one_is_given(cluster, files):
    wish = {"common_name": CN, "key_type": "ECDSA", **files.options}
    cluster.run(MODULE, **wish)
    assert mode(files.paths["certificate"]) == mode(files.paths["chain"]) == 0o644
    os.chmod(files.paths["certificate"], 0o640)
    assert cluster.run(MODULE, **wish)["changed"] is False
    assert cluster.run(MODULE, **wish, force=True)["changed"] is True
    assert mode(files.paths["certificate"]) == 0o640


def test_a_file_of_somebody_else(cluster, files, monkeypatch):
    """Who may replace it in its folder need not be allowed to give one away."""

    def denied(*_args):
        raise PermissionError(errno.EPERM, "Operation not permitted")

    wish = {"common_name": CN, "key_type": "ECDSA", **files.options}
    cluster.run(MODULE, **wish)
    monkeypatch.setattr(os, "chown", denied)
    assert cluster.run(MODULE, **wish, force=True)["reasons"] == ["forced"]


def test_metadata_that_others_set_to_secrets_stay(cluster):
    place = Secrets(cluster, None)
    wish = {"common_name": CN, "key_type": "ECDSA", **place.options}
    cluster.run(MODULE, **wish)
    metadata = {"author": "kafka", "labels": ["tls"]}
    path = "kafka/certificate"
    cluster.api("PATCH", f"/secrets/v1/secret/default/{path}", {"value": place.read("certificate"), **metadata})
    assert cluster.run(MODULE, **wish, force=True)["changed"] is True
    assert cluster.secret(path)["metadata"] == metadata


def test_files_that_are_no_text(cluster, files):
    wish = {"common_name": CN, "key_type": "ECDSA", **files.options}
    cluster.run(MODULE, **wish)
    for part in ("certificate", "chain"):
        with open(files.paths[part], "wb") as stream:
            stream.write(b"\x00\xff\xfe")
    assert cluster.converge(MODULE, **wish)["reasons"] == ["unreadable"]


def test_a_folder_that_is_not_there(cluster, tmp_path):
    path = str(tmp_path / "nowhere" / "x.pem")
    outcome = cluster.attempt(MODULE, common_name=CN, key_type="ECDSA", path=path, privatekey_path=path + ".key")
    assert outcome["failed"] is True
    assert "nowhere" in outcome["msg"]
    assert "is no folder" in outcome["msg"]
    assert not outcome.writes


def test_a_wrong_password_is_tried_once(cluster):
    """What is read at once must not try it once each: that could lock the account."""
    secrets = {f"{part}_secret": f"kafka/{part}" for part in ("certificate", "privatekey", "chain")}
    login = {"auth_token": None, "auth_username": "bootstrapuser", "auth_password": "wr0ng-pw"}
    outcome = cluster.fail(MODULE, common_name=CN, **secrets, **login)
    assert outcome.sent == ["POST /acs/api/v1/auth/login"]


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize(
    "options",
    [{"owner": "nobody-of-this-name"}, {"group": "nobody-of-this-name"}, {"mode": "rwx"}, {"privatekey_mode": "0"}],
    ids=str,
)
def test_wrong_attributes_are_an_error_before_the_ca_is_asked(cluster, files, options, check):
    wish = {"common_name": CN, "key_type": "ECDSA", **files.options, **options}
    if options == {"privatekey_mode": "0"}:
        wish["privatekey_mode"] = "u=q"
    outcome = cluster.fail(MODULE, check=check, **wish)
    assert "cannot be given its owner, group, mode or attributes: " in outcome["msg"]
    assert not [request for request in outcome.sent if "/sign" in request or "/newkey" in request]
    assert os.listdir(os.path.dirname(files.paths["chain"])) == []


def test_attributes_that_are_no_longer_right_are_one_error_too(cluster, files):
    wish = {"common_name": CN, "key_type": "ECDSA", **files.options}
    cluster.run(MODULE, **wish)
    outcome = cluster.fail(MODULE, **wish, owner="nobody-of-this-name")
    assert "failed to look up user nobody-of-this-name" in outcome["msg"]


# --- a CA that does otherwise, and the order of writing


@pytest.mark.parametrize(
    "name, sans, own_key, reason",
    [
        (CN, [CN], True, None),
        (CN, [CN], False, "key mismatch"),
        ("other.example.com", [CN], True, "common name differs"),
        (CN, [CN, "more.example.com"], True, "subject alternative names differ"),
        (CN, ["other.example.com"], True, "subject alternative names differ"),
    ],
)
def test_a_ca_that_issues_something_else_than_was_asked_for(
    cluster, keep, place, monkeypatch, name, sans, own_key, reason
):
    """Kept, it would be issued anew by every run, or not match its key."""
    sign, build = _ca.sign, _x509.build_csr
    keys = []

    def watch(key, *rest):
        keys.append(serialization.load_pem_private_key(key.encode(), None))
        return build(key, *rest)

    def otherwise(client, _request, *rest):
        return sign(client, csr(keys[0] if own_key else ec.generate_private_key(ec.SECP256R1()), name, sans), *rest)

    monkeypatch.setattr(_x509, "build_csr", watch)
    monkeypatch.setattr(_ca, "sign", otherwise)
    outcome = keep("attempt")
    assert bool(outcome.get("failed")) is bool(reason)
    if reason:
        assert "not as asked for" in outcome["msg"]
        assert reason in outcome["msg"]
        for part in ("certificate", "private_key", "chain"):
            with pytest.raises((OSError, AssertionError)):
                place.read(part)


def test_a_certificate_is_written_after_all_that_belongs_to_it(cluster, keep, place, monkeypatch):
    """Whoever finds the certificate finds its key and chain, also after a crash in between."""
    moved = []
    move = Module.atomic_move
    monkeypatch.setattr(
        Module, "atomic_move", lambda self, src, dest, **more: (moved.append(dest), move(self, src, dest, **more))
    )
    outcome = keep()
    secrets = [request.rpartition("/default/")[2] for request in outcome.writes if "/secrets/" in request]
    assert (moved or secrets) == [place.paths[part] for part in ("private_key", "chain", "certificate")]
