# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""PKCS#12 for Java: what is written can be read, by Java's own tool as well, and is told from everything else."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.dcos.security.plugins.module_utils import _keys, _keystores, _x509
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.tests.unit.plugins.module_utils.authority import Ca, csr_for, truststore

PASSWORD = "changeit"
needs_truststores = pytest.mark.skipif(
    not hasattr(_keystores._pkcs12(), "serialize_java_truststore"), reason="truststores need cryptography 45"
)
needs_keytool = pytest.mark.skipif(not shutil.which("keytool"), reason="Java's keytool is not installed")


@pytest.fixture(scope="module")
def made():
    """Return (key, certificate, CA) as PEM."""
    ca, key = Ca(rsa.generate_private_key(65537, 2048)), _x509.generate_key("ECDSA", 256)
    return key, ca.sign(csr_for(key)), _x509.split_bundle(ca.pem)[0]


@pytest.fixture(scope="module")
def keystore(made):
    key, certificate, ca = made
    return _keystores.build_keystore(key, certificate, [ca], "Broker", PASSWORD)


def keytool(path):
    """Return what Java says about a store."""
    listed = subprocess.run(
        ["keytool", "-list", "-v", "-storetype", "PKCS12", "-storepass", PASSWORD, "-keystore", str(path)],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
    )
    assert listed.returncode == 0, listed.stdout + listed.stderr
    return listed.stdout


def sha256(pem):
    """Return the fingerprint as keytool writes it."""
    return _x509.describe_certificate(pem)["fingerprint"].upper()


def test_a_keystore_holds_what_it_was_made_of(made, keystore):
    key, certificate, ca = made
    content = _keystores.read_keystore(keystore, PASSWORD)
    assert content.private_key == _keys.private_pem(_x509.load_key(key))
    assert content.certificate == _x509.split_bundle(certificate)[0]
    assert content.alias == "Broker"
    assert [pem for _alias, pem in content.others] == [ca]
    assert _keystores.keystore_fits(content, key, certificate, [ca], "broker"), "Java does not mind the case"


def test_what_does_not_fit(made, keystore):
    key, certificate, ca = made
    content = _keystores.read_keystore(keystore, PASSWORD)
    other_ca = Ca(rsa.generate_private_key(65537, 2048))
    other_key = _x509.generate_key("ECDSA", 256)
    assert not _keystores.keystore_fits(content, other_key, certificate, [ca], "broker")
    assert not _keystores.keystore_fits(content, key, other_ca.sign(csr_for(key)), [ca], "broker")
    assert not _keystores.keystore_fits(content, key, certificate, [other_ca.pem], "broker")
    assert not _keystores.keystore_fits(content, key, certificate, [ca], "another")
    assert not _keystores.keystore_fits(None, key, certificate, [ca], "broker")
    assert not _keystores.truststore_fits(content, [ca]), "a key has no business in a truststore"


@needs_truststores
def test_a_truststore_of_two(made):
    _key, certificate, ca = made
    content = _keystores.read_keystore(_keystores.build_truststore([ca, certificate], PASSWORD), PASSWORD)
    assert [alias for alias, _pem in content.others] == ["ca", "ca-2"]


def test_a_truststore(made):
    _key, certificate, ca = made
    content = _keystores.read_keystore(truststore(ca, PASSWORD), PASSWORD)
    assert content.private_key is None
    assert _keystores.truststore_fits(content, [ca])
    assert not _keystores.truststore_fits(content, [Ca(rsa.generate_private_key(65537, 2048)).pem])
    assert not _keystores.keystore_fits(content, made[0], certificate, [ca], "ca")


@needs_keytool
def test_java_reads_the_keystore(made, keystore, tmp_path):
    path = tmp_path / "keystore.p12"
    path.write_bytes(keystore)
    told = keytool(path)
    assert "Alias name: broker" in told
    assert "Entry type: PrivateKeyEntry" in told
    assert "Certificate chain length: 2" in told
    assert sha256(made[1]) in told
    assert sha256(made[2]) in told


@needs_truststores
@needs_keytool
def test_java_trusts_what_is_in_the_truststore(made, tmp_path):
    """Without Java's own attribute it sees no entry at all."""
    path = tmp_path / "truststore.p12"
    path.write_bytes(_keystores.build_truststore([made[2]], PASSWORD))
    told = keytool(path)
    assert "Entry type: trustedCertEntry" in told
    assert sha256(made[2]) in told


@given(st.binary(max_size=400))
def test_anything_else_is_no_keystore(data):
    assert _keystores.read_keystore(data, PASSWORD) is None


@settings(max_examples=60)
@given(st.data())
def test_a_damaged_keystore_is_none_or_its_content_differs_in_nothing(keystore, data):
    """The MAC covers all but a few bytes around it."""
    at = data.draw(st.integers(0, len(keystore) - 1))
    damaged = keystore[:at] + bytes([keystore[at] ^ data.draw(st.integers(1, 255))]) + keystore[at + 1 :]
    assert _keystores.read_keystore(damaged, PASSWORD) in (None, _keystores.read_keystore(keystore, PASSWORD))


def test_another_password(keystore):
    assert _keystores.read_keystore(keystore, "changeit2") is None


@pytest.mark.parametrize(("password", "why"), [("", "fewer than 6"), ("12345", "fewer than 6"), ("123456\n7", "line")])
def test_passwords_of_no_use(password, why):
    with pytest.raises(InputError, match=why) as failed:
        _keystores.check_password(password)
    assert password not in str(failed.value) or not password


def test_a_library_that_is_too_old(monkeypatch):
    pkcs12 = _keystores._pkcs12()
    monkeypatch.setattr(pkcs12, "serialize_java_truststore", print, raising=False)
    _keystores.check_truststores()
    monkeypatch.delattr(pkcs12, "serialize_java_truststore")
    with pytest.raises(InputError, match=r"needs cryptography 45 or later, and here it is \d+.*pip install"):
        _keystores.check_truststores()


@pytest.mark.parametrize("key_format", _x509.KEY_FORMATS)
@pytest.mark.parametrize("key_type", ["RSA", "ECDSA"])
def test_formats_of_keys(key_format, key_type):
    key = _x509.generate_key(key_type)
    encoded = _x509.encode_key(key, key_format)
    assert isinstance(encoded, bytes) == key_format.endswith("_der")
    assert _x509.pem_of_key(encoded) == key
    if key_format == "pkcs1":
        assert encoded.startswith(f"-----BEGIN {'RSA' if key_type == 'RSA' else 'EC'} PRIVATE KEY-----\n")
    others = [_x509.encode_key(key, other) for other in _x509.KEY_FORMATS if other != key_format]
    assert encoded not in others


@given(st.binary(max_size=200))
def test_what_is_no_key_in_der(data):
    with pytest.raises(InputError):
        _x509.pem_of_key(data)
