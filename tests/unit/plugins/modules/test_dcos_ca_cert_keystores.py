# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keystores beside a certificate, and its key in other formats: made, kept, renewed with it, never of somebody else."""

from __future__ import annotations

import base64
import os
import stat

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from ansible_collections.dcos.security.plugins.module_utils import _keystores, _x509
from ansible_collections.dcos.security.tests.unit.plugins.certificates import CN, MODULE, csr, foreign, issued

PASSWORD = "changeit-s3cret"
STORES = ("keystore", "truststore")
URL = "/secrets/v1/secret/default/kafka"


@pytest.fixture(autouse=True)
def library(request):
    """Skip what the installed library cannot do; what the user is told then is tested with each."""
    if not hasattr(_keystores._pkcs12(), "serialize_java_truststore") and "too_old" not in request.node.name:
        pytest.skip("truststores need cryptography 45")


class StoresInFiles:
    """Keystores beside a certificate in files."""

    def __init__(self, cluster, folder):
        self.paths = {part: str(folder / f"{part}.p12") for part in STORES}
        self.options = {f"{part}_path": path for part, path in self.paths.items()}

    def read(self, part):
        with open(self.paths[part], "rb") as stream:
            return stream.read()

    def write(self, part, data):
        with open(self.paths[part], "wb") as stream:
            stream.write(data)


class StoresInSecrets:
    """Keystores beside a certificate in secrets."""

    def __init__(self, cluster, _folder):
        self.cluster = cluster
        self.paths = {part: f"kafka/{part}" for part in STORES}
        self.options = {f"{part}_secret": path for part, path in self.paths.items()}

    def read(self, part):
        found = self.cluster.secret(self.paths[part])
        assert found["binary"]
        return base64.b64decode(found["value"])

    def write(self, part, data):
        answer = self.cluster.request(
            "PATCH",
            f"/secrets/v1/secret/default/{self.paths[part]}",
            data=data,
            headers={"Authorization": f"token={self.cluster.token}", "Content-Type": "application/octet-stream"},
        )
        assert answer.ok


@pytest.fixture
def stores(place, cluster, tmp_path):
    """Return where the keystores are, of the same kind as ``place``."""
    return (StoresInFiles if "path" in place.options else StoresInSecrets)(cluster, tmp_path)


@pytest.fixture
def java(keep, stores):
    """Return a function that runs the module with both stores."""

    def run(method="run", **options):
        return keep(method, **{"keystore_password": PASSWORD, "keystore_alias": "broker", **stores.options, **options})

    return run


def content(stores, part, password=PASSWORD):
    return _keystores.read_keystore(stores.read(part), password)


def test_they_hold_what_belongs_to_the_certificate(java, place, stores):
    made = java("converge")
    assert made["reasons"] == ["absent"]
    assert made["diff"]["after"]["keystore"] == "(set)"
    signer = _x509.split_bundle(made["chain"])
    assert _keystores.keystore_fits(
        content(stores, "keystore"), place.read("private_key"), made["certificate"], signer, "broker"
    )
    assert _keystores.truststore_fits(content(stores, "truststore"), signer)


def test_they_are_renewed_with_it(java, place, stores):
    java()
    before = {part: stores.read(part) for part in STORES}
    made = java(force=True, renew_key=True)
    assert _keystores.keystore_fits(
        content(stores, "keystore"),
        place.read("private_key"),
        made["certificate"],
        _x509.split_bundle(made["chain"]),
        "broker",
    )
    assert stores.read("keystore") != before["keystore"]
    assert java()["changed"] is False


@pytest.mark.parametrize("part", STORES)
def test_one_that_is_missing_or_not_right_costs_no_certificate(java, cluster, place, stores, part):
    first = java()
    key = _x509.generate_key("ECDSA", 256)
    other = {
        "keystore": _keystores.build_keystore(key, foreign(key), [foreign(key)], "broker", PASSWORD),
        "truststore": _keystores.build_truststore([foreign(key)], PASSWORD),
    }
    for data, word in ((other[part], "differs"), (b"", "absent")):
        stores.write(part, data)
        changed = java("converge")
        assert changed["reasons"] == [f"{part} {word}"]
        assert changed["serial_number"] == first["serial_number"]
        assert not issued(changed)


def test_another_alias(java, stores):
    first = java()
    changed = java("converge", keystore_alias="Listener")
    assert changed["reasons"] == ["keystore differs"]
    assert changed["serial_number"] == first["serial_number"]
    assert content(stores, "keystore").alias == "Listener"
    assert java(keystore_alias="LISTENER")["changed"] is False
    java("converge", keystore_alias=None)
    assert content(stores, "keystore").alias == CN


@pytest.mark.parametrize("part", STORES)
def test_what_has_another_password_is_not_overwritten(java, stores, part):
    """It may be anybody's, and nobody could restore it."""
    java()
    before = stores.read(part)
    if part == "truststore":
        stores.write("keystore", b"")
    for check in (True, False):
        outcome = java("fail", keystore_password="another-s3cret", check=check)
        assert "Refused to overwrite" in outcome["msg"]
        assert stores.paths[part] in outcome["msg"]
        assert "this password" in outcome["msg"]
        assert stores.read(part) == before
    assert java(keystore_password="another-s3cret", force=True)["reasons"] == ["forced"]
    assert content(stores, part, "another-s3cret")
    assert java(keystore_password="another-s3cret")["changed"] is False


def test_a_password_in_a_secret(java, cluster, stores):
    secret = {"keystore_password": None, "keystore_password_secret": "kafka/store-password"}
    outcome = java("fail", **secret)
    assert "there is no secret 'kafka/store-password'" in outcome["msg"]
    predicted = java(check=True, **secret)
    assert predicted["changed"] is True
    assert "kafka/store-password" in predicted.warned
    cluster.api("PUT", f"{URL}/store-password", {"value": PASSWORD + "\n"})
    made = java("converge", **secret)
    assert content(stores, "keystore")
    assert PASSWORD not in made.stdout
    cluster.api("PATCH", f"{URL}/store-password", {"value": "short"})
    assert "fewer than 6" in java("fail", **secret)["msg"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"keystore_password": None}, "give keystore_password"),
        ({"keystore_password": ""}, "fewer than 6"),
        ({"keystore_password": "short"}, "fewer than 6"),
        ({"keystore_password_secret": "kafka/x"}, "mutually exclusive"),
    ],
    ids=str,
)
def test_passwords_of_no_use(java, options, words):
    outcome = java("fail", **options)
    assert words in outcome["msg"]
    assert not outcome.sent


def test_what_does_not_go_together(cluster, keep, place, stores):
    outcome = keep("fail", keystore_password=PASSWORD)
    assert "no keystore or truststore" in outcome["msg"]
    request = csr(ec.generate_private_key(ec.SECP256R1()))
    outcome = cluster.fail(
        MODULE, csr_content=request, **place.certificate_only, **stores.options, keystore_password=PASSWORD
    )
    assert "does not go with a CSR" in outcome["msg"]
    assert not outcome.sent
    ((option, path),) = place.certificate_only.items()
    taken = {option.replace("path", "keystore_path").replace("certificate_secret", "keystore_secret"): path}
    assert "given twice" in keep("fail", keystore_password=PASSWORD, **taken)["msg"]


def test_a_truststore_of_a_csr_whose_key_stays_elsewhere(cluster, place, stores):
    request = csr(ec.generate_private_key(ec.SECP256R1()))
    trust = {option: path for option, path in stores.options.items() if option.startswith("truststore")}
    made = cluster.converge(MODULE, csr_content=request, **place.certificate_only, **trust, keystore_password=PASSWORD)
    assert _keystores.truststore_fits(content(stores, "truststore"), _x509.split_bundle(made["chain"]))


def test_a_library_that_is_too_old_for_truststores(java, stores, monkeypatch):
    monkeypatch.delattr(_keystores._pkcs12(), "serialize_java_truststore", raising=False)
    outcome = java("fail")
    assert "cryptography>=45" in outcome["msg"]
    assert not outcome.sent
    without = {option: None for option in stores.options if option.startswith("truststore")}
    assert java(**without)["changed"] is True


def test_modes_of_their_files(cluster, files, tmp_path):
    stores = StoresInFiles(cluster, tmp_path)
    options = {**files.options, **stores.options, "keystore_password": PASSWORD}
    cluster.run(MODULE, common_name=CN, key_type="ECDSA", **options)
    modes = [stat.S_IMODE(os.stat(stores.paths[part]).st_mode) for part in STORES]
    assert modes == [0o600, 0o644]


# --- formats of the private key


@pytest.mark.parametrize("key_format", _x509.KEY_FORMATS)
def test_the_key_in_another_format(keep, cluster, place, key_format):
    first = keep()
    key = place.read("private_key")
    changed = keep(privatekey_format=key_format)
    if key_format == "pkcs8":
        assert changed["changed"] is False
        return
    assert changed["reasons"] == ["private key format differs"]
    assert changed["serial_number"] == first["serial_number"]
    assert keep(privatekey_format=key_format)["changed"] is False
    assert keep()["changed"] is False, "what is not asked for stays as it is"
    if place.paths["private_key"].startswith("kafka/"):
        stored = cluster.secret("kafka/private_key")
        assert stored["binary"] is key_format.endswith("_der")
        value = base64.b64decode(stored["value"]) if stored["binary"] else stored["value"]
    else:
        with open(place.paths["private_key"], "rb") as stream:
            value = stream.read()
    value = value if key_format.endswith("_der") or isinstance(value, str) else value.decode()
    assert value == _x509.encode_key(key, key_format)
    # A renewal keeps both, the key and its format.
    assert keep(force=True)["reasons"] == ["forced"]
    assert keep(privatekey_format=key_format)["changed"] is False
    assert keep("converge", privatekey_format="pkcs8")["serial_number"] != first["serial_number"]
    assert place.read("private_key") == key
