# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files: what a path means, what is read and what is not."""

from __future__ import annotations

import os
import threading

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from ansible_collections.dcos.security.plugins.module_utils import _files
from ansible_collections.dcos.security.plugins.module_utils._errors import DcosError, InputError
from ansible_collections.dcos.security.plugins.module_utils._files import absolute, read_bytes, read_text

SECRET = "a-private-key"


class Reader:
    """What reading wants of a task."""

    def __init__(self, check_mode: bool = False):
        self.check_mode = check_mode
        self.warnings: list[str] = []

    def warn(self, text: str) -> None:
        """Remember a warning."""
        self.warnings.append(text)


class TestPredicted:
    """Files that an earlier task would have made."""

    def test_there(self, tmp_path):
        (tmp_path / "key").write_text("PEM", encoding="utf-8")
        for check_mode in (False, True):
            task = Reader(check_mode)
            assert _files.read_or_predict(task, str(tmp_path / "key"), "public_key_path", lambda: "made up") == "PEM"
            assert task.warnings == []

    def test_predicted(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        task = Reader(check_mode=True)
        assert _files.read_or_predict(task, "key", "public_key_path", lambda: "made up") == "made up"
        assert task.warnings == [
            f"public_key_path '{tmp_path}/key' does not exist; check mode assumes that an earlier task makes it."
        ]

    def test_not_predicted_outside_check_mode(self, tmp_path):
        with pytest.raises(InputError, match="public_key_path '.*key' cannot be read: No such file"):
            _files.read_or_predict(Reader(), str(tmp_path / "key"), "public_key_path", lambda: "made up")

    def test_unreadable_is_no_absence(self, tmp_path):
        with pytest.raises(InputError, match="Is a directory"):
            _files.read_or_predict(Reader(check_mode=True), str(tmp_path), "public_key_path", lambda: "made up")


class TestRead:
    """Files that options name."""

    def test_text_and_bytes(self, tmp_path):
        (tmp_path / "file").write_bytes("größer\n".encode())
        assert read_text(str(tmp_path / "file"), "src") == "größer\n"
        assert read_bytes(str(tmp_path / "file"), "src") == "größer\n".encode()

    @pytest.mark.parametrize("path", ["none", "./none", "keys/../none"])
    def test_an_error_names_the_absolute_path(self, tmp_path, monkeypatch, path):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "keys").mkdir()
        with pytest.raises(InputError) as caught:
            read_bytes(path, "src")
        assert str(caught.value) == f"src '{tmp_path}/{path}' cannot be read: No such file or directory."

    def test_folder(self, tmp_path):
        with pytest.raises(InputError, match="Is a directory"):
            read_text(str(tmp_path), "src")

    def test_no_text(self, tmp_path):
        (tmp_path / "file").write_bytes(b"\xff\xfe\x00secret")
        with pytest.raises(DcosError, match="not a text file") as caught:
            read_text(str(tmp_path / "file"), "src")
        assert "secret" not in str(caught.value)

    @pytest.mark.parametrize(
        ("option", "command"),
        [
            ("csr_path", "openssl req -inform DER"),
            ("auth_private_key_path", "openssl pkey -inform DER"),
            ("private_key_path", "openssl pkey -inform DER"),
            ("public_key_path", "openssl pkey -pubin -inform DER"),
        ],
    )
    def test_der(self, tmp_path, option, command):
        key = rsa.generate_private_key(65537, 2048)
        path = tmp_path / "der"
        path.write_bytes(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
        with pytest.raises(InputError) as caught:
            read_text(str(path), option)
        assert f"It looks like DER. As PEM it is read: {command} -in {path} -out {path}.pem" in str(caught.value)

    def test_home_and_folder(self, tmp_path, monkeypatch):
        monkeypatch.setenv("HOME", str(tmp_path))
        assert absolute("~/ca.pem", "/play") == f"{tmp_path}/ca.pem"
        assert absolute("ca.pem", "/play") == "/play/ca.pem"
        assert absolute("/ca.pem", "/play") == "/ca.pem"
        assert absolute("ca.pem") == os.path.join(os.getcwd(), "ca.pem")


class TestSpecialFiles:
    """What is not one file for every process, and what is no file."""

    PATHS = (
        "/dev/stdin",
        "/dev/fd/0",
        "/dev/fd/63",
        "/proc/self/fd/0",
        "/proc/1/fd/1",
        "/proc/self/environ",
        "/proc/thread-self/cwd/x",
        "/dev/../dev/stdin",
        "/usr/../dev/fd/63",
        "//dev//stdin",
    )

    @pytest.mark.parametrize("path", PATHS)
    @pytest.mark.parametrize("linked", [0, 1, 3])
    def test_of_a_process(self, path, linked, tmp_path):
        for number in range(linked):
            (tmp_path / str(number)).symlink_to(path)
            path = str(tmp_path / str(number))
        with pytest.raises(InputError, match="src '.*' is part of a process.*mkfifo -m 600 pipe"):
            read_bytes(path, "src")

    def test_a_folder_that_is_a_link_to_descriptors(self, tmp_path):
        (tmp_path / "descriptors").symlink_to("/dev/fd")
        with pytest.raises(InputError, match="is part of a process"):
            read_bytes(str(tmp_path / "descriptors" / "0"), "src")

    @pytest.mark.parametrize("path", ["/dev/null", "/dev/zero", "/dev/random", "/dev/tty"])
    def test_device(self, path):
        with pytest.raises(InputError, match=f"src '{path}' is a device"):
            read_bytes(path, "src")

    def test_links_in_a_circle(self, tmp_path):
        (tmp_path / "a").symlink_to("b")
        (tmp_path / "b").symlink_to("a")
        with pytest.raises(InputError, match="cannot be read: Too many levels"):
            read_bytes(str(tmp_path / "a"), "src")

    def test_links_to_a_file_are_followed(self, tmp_path):
        (tmp_path / "real").mkdir()
        (tmp_path / "real" / "file").write_text("x", encoding="utf-8")
        (tmp_path / "folder").symlink_to("real")
        (tmp_path / "link").symlink_to("folder/../folder/file")
        # ".." is that of the folder which the link leads to
        (tmp_path / "real" / "up").symlink_to(f"{tmp_path}/folder/../real/file")
        assert read_text(str(tmp_path / "link"), "src") == "x"
        assert read_text(str(tmp_path / "folder" / "up"), "src") == "x"

    @pytest.mark.parametrize("content", [b"a secret", b""])
    def test_named_pipe(self, tmp_path, content):
        os.mkfifo(tmp_path / "pipe")
        writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(content,))
        writer.start()
        if content:
            assert read_bytes(str(tmp_path / "pipe"), "src") == content
        else:
            with pytest.raises(InputError, match="is a pipe that gave nothing"):
                read_bytes(str(tmp_path / "pipe"), "src")
        writer.join()

    def test_an_empty_file_is_one(self, tmp_path):
        (tmp_path / "empty").touch()
        assert read_bytes(str(tmp_path / "empty"), "src") == b""
