# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Key pairs in files: made, kept, completed, converted; nothing else is ever overwritten."""

from __future__ import annotations

import os
import stat

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ansible_collections.dcos.security.plugins.module_utils import _keys
from ansible_collections.dcos.security.tests.unit.plugins.calls import call_module

PEM = serialization.Encoding.PEM


class Folder:
    """A folder with the two files."""

    def __init__(self, path):
        self.path, self.private, self.public = path, path / "private.pem", path / "public.pem"

    def run(self, check=False, fails=False, **options):
        """Run the module; no private key may be shown, and check mode leaves everything as it is."""
        paths = {"private_key_path": str(self.private), "public_key_path": str(self.public)}
        before = self.contents()
        outcome = call_module("dcos_keypair", {**paths, **options}, check_mode=check, diff=True)
        assert bool(outcome.get("failed")) is fails, outcome
        assert "PRIVATE KEY-----\\n" not in outcome.stdout + outcome.stderr + outcome.log
        if check or fails:
            assert self.contents() == before
        if fails:
            assert "Traceback" not in outcome.stdout
        else:
            assert outcome["public_key"].startswith("-----BEGIN PUBLIC KEY-----\n")
            assert outcome["fingerprint"] == _keys.fingerprint(outcome["public_key"])
        return outcome

    def contents(self):
        """Return what is in the folder, with the modes."""
        return {
            file.name: (file.read_bytes() if file.is_file() else None, stat.S_IMODE(file.lstat().st_mode))
            for file in self.path.iterdir()
        }

    def mode(self, file):
        """Return the mode of a file."""
        return stat.S_IMODE(file.stat().st_mode)


@pytest.fixture
def folder(tmp_path):
    """An empty folder."""
    old = os.umask(0o022)
    (tmp_path / "keys").mkdir()
    yield Folder(tmp_path / "keys")
    os.umask(old)


@pytest.fixture
def made(folder, pems):
    """A folder with a key pair."""
    folder.private.write_text(pems[0], encoding="utf-8")
    folder.private.chmod(0o600)
    folder.public.write_text(_keys.public_key_of(pems[0]), encoding="utf-8")
    return folder


def traditional(pem):
    """Return a PKCS#8 key as PKCS#1."""
    key = serialization.load_pem_private_key(pem.encode(), None)
    return key.private_bytes(PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()).decode()


def test_made(folder):
    predicted = folder.run(check=True)
    assert predicted["changed"] is predicted["predicted"] is True
    assert predicted["diff"]["after"]["public_key"] == f"{predicted['fingerprint']} (predicted)"
    done = folder.run()
    assert (done["changed"], done["predicted"]) == (True, False)
    assert folder.run(check=True)["predicted"] is False
    assert done["diff"] == {
        "before_header": f"key pair '{folder.private}'",
        "after_header": f"key pair '{folder.private}'",
        "before": {},
        "after": {"private_key": "(set)", "public_key": done["fingerprint"]},
    }
    assert (folder.mode(folder.private), folder.mode(folder.public)) == (0o600, 0o644)
    private = folder.private.read_text(encoding="utf-8")
    assert _keys.is_pkcs8(private)
    assert folder.public.read_text(encoding="utf-8") == done["public_key"] == _keys.public_key_of(private)
    assert done["size"] == 2048
    assert sorted(folder.contents()) == ["private.pem", "public.pem"]
    for check in (False, True):
        assert folder.run(check=check)["changed"] is False


@pytest.mark.parametrize("size", [3072, 4096])
def test_size(folder, size):
    assert folder.run(check=True, size=size, public_key_path=None)["size"] == size


def test_without_a_public_file(made):
    made.public.unlink()
    outcome = made.run(public_key_path=None)
    assert outcome["changed"] is False
    assert not made.public.exists()


def test_another_size_is_kept_with_a_warning(made):
    outcome = made.run(size=4096)
    assert (outcome["changed"], outcome["size"]) == (False, 2048)
    assert "has 2048 bits, not 4096, and is kept" in outcome.warned


def test_regenerate(made, pems):
    fingerprints = {_keys.fingerprint(_keys.public_key_of(pems[0]))}
    for check in (True, False, False):
        outcome = made.run(check=check, regenerate="always")
        assert outcome["changed"] is True
        assert outcome["diff"]["before"]["private_key"] == "(set)"
        assert outcome["diff"]["after"]["private_key"] == "(changed)"
        fingerprints.add(outcome["fingerprint"])
    assert len(fingerprints) == 4


@pytest.mark.parametrize("public", [None, "", "another", "crlf", "indented", "damaged", "pkcs1"])
def test_the_public_half_is_made_anew(made, pems, public):
    mine = made.public.read_text(encoding="utf-8")
    key = serialization.load_pem_public_key(mine.encode())
    texts = {
        "": "",
        "another": _keys.public_key_of(pems[1]),
        "crlf": mine.replace("\n", "\r\n"),
        "indented": mine.replace("\n", "\n  "),
        "damaged": mine.replace("A", "B"),
        "pkcs1": key.public_bytes(PEM, serialization.PublicFormat.PKCS1).decode(),
    }
    made.public.unlink()
    if public is not None:
        made.public.write_bytes(texts[public].encode())
        made.public.chmod(0o640)
    private = made.private.read_bytes()
    assert made.run(check=True)["changed"] is True
    outcome = made.run()
    assert outcome["changed"] is True
    assert outcome["diff"]["before"]["private_key"] == outcome["diff"]["after"]["private_key"] == "(set)"
    assert made.public.read_text(encoding="utf-8") == mine
    assert made.private.read_bytes() == private
    assert made.mode(made.public) == (0o644 if public is None else 0o640)
    assert made.run()["changed"] is False


@pytest.mark.parametrize("spelling", ["pkcs1", "crlf", "indented"])
def test_the_private_half_is_converted(made, pems, spelling):
    made.private.write_bytes(
        {
            "pkcs1": traditional(pems[0]),
            "crlf": pems[0].replace("\n", "\r\n\r\n"),
            "indented": pems[0].replace("\n", "\n  ").strip() + "\n",
        }[spelling].encode()
    )
    assert made.run(check=True)["changed"] is True
    outcome = made.run()
    assert outcome["changed"] is True
    assert made.private.read_text(encoding="utf-8") == pems[0]
    assert outcome["fingerprint"] == _keys.fingerprint(_keys.public_key_of(pems[0]))
    assert made.run()["changed"] is False


def test_white_space_is_left(made, pems):
    made.private.write_text(pems[0] + "\n", encoding="utf-8")
    assert made.run()["changed"] is False


class TestAttributes:
    """Modes."""

    def test_a_private_key_for_everybody_is_closed(self, made):
        made.private.chmod(0o644)
        assert made.run(check=True)["changed"] is True
        assert made.run()["changed"] is True
        assert made.mode(made.private) == 0o600
        assert made.run()["changed"] is False

    @pytest.mark.parametrize("mode", ["0640", "u=rw,g=r", 0o640])
    def test_another_mode(self, made, mode):
        assert made.run(mode=mode)["changed"] is True
        assert made.mode(made.private) == 0o640
        assert made.run(mode=mode)["changed"] is False

    def test_of_a_new_key(self, folder):
        folder.run(mode="0440")
        assert folder.mode(folder.private) == 0o440

    def test_the_mode_of_the_public_half_stays(self, made):
        made.public.chmod(0o600)
        assert made.run(mode="0640")["changed"] is True
        assert made.mode(made.public) == 0o600


class TestLeftAlone:
    """Files that hold something else."""

    @pytest.mark.parametrize("regenerate", ["never", "always"])
    @pytest.mark.parametrize("check", [False, True])
    @pytest.mark.parametrize(
        "content", ["empty", "text", "public", "certificate", "ec", "two", "more", "encrypted", "binary"]
    )
    def test_private(self, made, pems, content, check, regenerate):
        elliptic = ec.generate_private_key(ec.SECP256R1())
        plain, pkcs8 = serialization.NoEncryption(), serialization.PrivateFormat.PKCS8
        key = serialization.load_pem_private_key(pems[0].encode(), None)
        made.private.write_bytes(
            {
                "empty": b"",
                "text": b"root:x:0:0:root:/root:/bin/bash\n",
                "public": made.public.read_bytes(),
                "certificate": b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
                "ec": elliptic.private_bytes(PEM, pkcs8, plain),
                "two": (pems[0] + pems[1]).encode(),
                "more": (pems[0] + made.public.read_text(encoding="utf-8")).encode(),
                "encrypted": key.private_bytes(PEM, pkcs8, serialization.BestAvailableEncryption(b"passphrase")),
                "binary": b"\x30\x82\xff\x00",
            }[content]
        )
        outcome = made.run(check=check, fails=True, regenerate=regenerate)
        assert str(made.private) in outcome["msg"]
        assert ("left alone" in outcome["msg"]) or content == "binary"

    @pytest.mark.parametrize("content", ["text", "private", "certificate"])
    def test_public(self, folder, pems, content):
        folder.public.write_text(
            {
                "text": "root:x:0:0:root:/root:/bin/bash\n",
                "private": pems[0],
                "certificate": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
            }[content],
            encoding="utf-8",
        )
        outcome = folder.run(fails=True)
        assert "holds something else than a public key, and is left alone" in outcome["msg"]
        assert not folder.private.exists()

    def test_one_file_for_both(self, made):
        for path in (made.private, made.path / ".." / made.path.name / made.private.name):
            assert "the same file" in made.run(fails=True, public_key_path=str(path))["msg"]

    def test_one_file_by_a_link(self, made):
        made.public.unlink()
        made.public.symlink_to(made.private)
        assert "the same file" in made.run(fails=True)["msg"]

    def test_no_folder(self, folder):
        outcome = folder.run(fails=True, private_key_path=str(folder.path / "none" / "key.pem"))
        assert outcome["msg"] == f"'{folder.path}/none/key.pem' cannot be written: No such file or directory."
        assert folder.contents() == {}

    def test_a_folder(self, folder):
        assert "Is a directory" in folder.run(fails=True, private_key_path=str(folder.path))["msg"]

    def test_a_dangling_link(self, folder):
        folder.private.symlink_to(folder.path / "none")
        assert "No such file" in folder.run(fails=True, public_key_path=None)["msg"]
