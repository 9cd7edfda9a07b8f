# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that are written: with the right attributes or not at all, and read by nobody meanwhile."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import grp
import itertools
import json
import os
import pwd
import shutil
import stat
import tempfile
import threading
from pathlib import Path
from unittest import mock

import pytest
from ansible.module_utils import basic

from ansible_collections.dcos.security.plugins.module_utils import _files
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.module_utils._files import ASIDE
from ansible_collections.dcos.security.plugins.module_utils._module import Module, ModuleTask

SECRET = "a-private-key"


def started(*, check_mode: bool = False, **options) -> ModuleTask:
    """Return a task in the midst of its run(), with the options of every module that writes files."""
    arguments = json.dumps({"ANSIBLE_MODULE_ARGS": {**options, "_ansible_check_mode": check_mode}}).encode()
    with (
        mock.patch.object(basic, "_ANSIBLE_ARGS", arguments),
        mock.patch.object(basic, "_ANSIBLE_PROFILE", "legacy", create=True),
    ):
        module = Module(dict(basic.FILE_COMMON_ARGUMENTS), None)
    module.running = True
    return ModuleTask(module)


def names(folder: Path) -> list[str]:
    """Names of all files of a folder."""
    return sorted(os.listdir(folder))


@contextlib.contextmanager
def watched(folder: Path, allowed: int):
    """Hold after each change that Python makes to a file that nobody may read a secret with other modes than these."""
    with contextlib.ExitStack() as stack:
        for name in ("chmod", "chown", "lchown", "rename", "replace", "open", "unlink", "link"):
            real = getattr(os, name)

            def watching(*args, real=real, **more):
                outcome = real(*args, **more)
                for entry in os.scandir(folder):
                    with open(entry.path, encoding="utf-8") as stream:
                        if SECRET in stream.read():
                            mode = stat.S_IMODE(entry.stat().st_mode)
                            assert not mode & ~allowed, f"{real.__name__}{args}: {entry.name} has mode {mode:o}"
                return outcome

            stack.enter_context(mock.patch.object(os, name, watching))
        yield


class TestWrite:
    """Files that are written."""

    @pytest.mark.parametrize("umask", [0, 0o022, 0o077])
    @pytest.mark.parametrize("before", [None, 0o600, 0o640, 0o644, 0o666, 0o400])
    @pytest.mark.parametrize("mode", ["0600", "0640", 0o400, "u=rw,go="])
    def test_at_no_instant_does_anybody_read_what_they_may_not(self, tmp_path, umask, before, mode):
        path = tmp_path / "key.pem"
        wanted = (
            0o600
            if isinstance(mode, str) and not mode.isdigit()
            else int(str(mode), 8)
            if isinstance(mode, str)
            else mode
        )
        if before is not None:
            path.write_text("earlier", encoding="utf-8")
            path.chmod(before)
        old = os.umask(umask)
        try:
            with watched(tmp_path, wanted | 0o600):
                started().files.write([(str(path), SECRET, mode)])
            assert os.umask(umask) == umask
        finally:
            os.umask(old)
        assert path.read_text(encoding="utf-8") == SECRET
        assert stat.S_IMODE(path.stat().st_mode) == wanted
        assert names(tmp_path) == ["key.pem"]

    def test_the_watch_sees_something(self, tmp_path):
        with pytest.raises(AssertionError, match="chmod.*key has mode 644"), watched(tmp_path, 0o600):
            (tmp_path / "key").write_text(SECRET, encoding="utf-8")
            os.chmod(tmp_path / "key", 0o644)

    def test_a_public_file_that_is_there_is_readable_all_the_time(self, tmp_path):
        path = tmp_path / "cert.pem"
        path.write_text("earlier", encoding="utf-8")
        path.chmod(0o644)
        seen = []
        real = os.rename

        def rename(*args):
            seen.append(stat.S_IMODE(os.stat(args[0]).st_mode))
            real(*args)

        with mock.patch.object(os, "rename", rename):
            started().files.write([(str(path), "new", "0644")])
        assert seen == [0o644]

    @pytest.mark.parametrize(
        "options",
        [
            {"owner": "nobody-of-this-name"},
            {"group": "no-group-of-this-name"},
            {"mode": "rwx"},
            {"mode": "99999"},
            {"attributes": "!"},
        ],
    )
    @pytest.mark.parametrize("there", [False, True])
    def test_wrong_attributes_are_one_error_before_anything_is_written(self, tmp_path, options, there):
        path = tmp_path / "key.pem"
        if there:
            path.write_text("earlier", encoding="utf-8")
        task = started(**options)
        wish = {str(path): options.get("mode", "0600")}
        with pytest.raises(InputError, match="cannot be given its owner, group, mode or attributes: ") as caught:
            task.files.check(wish)
        assert str(path) in str(caught.value)
        assert ASIDE not in str(caught.value)
        with pytest.raises(InputError, match="cannot be given"):
            task.files.write([(str(path), SECRET, wish[str(path)])])
        assert names(tmp_path) == (["key.pem"] if there else [])

    @pytest.mark.parametrize(
        "options", [{"owner": "nobody-of-this-name"}, {"group": "nobody-of-this-name"}, {"mode": "x"}]
    )
    def test_wrong_attributes_are_an_error_in_check_mode_too(self, tmp_path, options):
        task = started(check_mode=True, **options)
        with pytest.raises(InputError, match="cannot be given"):
            task.files.check({str(tmp_path / "key.pem"): options.get("mode", "0600")})
        task.files.check({str(tmp_path / "a folder to come" / "key.pem"): options.get("mode", "0600")})
        assert names(tmp_path) == []

    def test_owner_and_group_by_name(self, tmp_path):
        me = pwd.getpwuid(os.geteuid()).pw_name
        ours = grp.getgrgid(os.getegid()).gr_name
        started(owner=me, group=ours).files.write([(str(tmp_path / "key"), SECRET, "0600")])
        assert (tmp_path / "key").owner() == me

    def test_a_rewritten_file_keeps_its_owner_and_group(self, tmp_path):
        """Only root can give files away; that the owner is set shows in either case."""
        path = tmp_path / "key"
        path.write_text("earlier", encoding="utf-8")
        owner = (12345, 54321) if os.geteuid() == 0 else (path.stat().st_uid, path.stat().st_gid)
        os.chown(path, *owner)
        with mock.patch.object(os, "chown", wraps=os.chown) as given:
            started().files.write([(str(path), SECRET, "0600")])
        assert owner in [call.args[1:] for call in given.mock_calls]
        assert (path.stat().st_uid, path.stat().st_gid) == owner
        assert path.read_text(encoding="utf-8") == SECRET

    def test_what_a_kill_left_is_removed_and_what_somebody_else_is_writing_is_not(self, tmp_path):
        left, busy = (tmp_path / f".key{ASIDE}{number}" for number in (1, 2))
        other = tmp_path / f".other{ASIDE}1"
        for file in (left, busy, other):
            file.write_text(SECRET, encoding="utf-8")
        with busy.open("rb") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            started().files.write([(str(tmp_path / "key"), SECRET, "0600")])
            assert names(tmp_path) == sorted([busy.name, other.name, "key"])
        started().files.write([(str(tmp_path / "key"), SECRET, "0600")])
        assert names(tmp_path) == sorted([other.name, "key"])

    def test_all_or_none(self, tmp_path):
        (tmp_path / "folder").mkdir()
        with pytest.raises(InputError, match="'.*nowhere/b' cannot be written: No such file or directory"):
            started().files.write([(str(tmp_path / "a"), SECRET, "0600"), (str(tmp_path / "nowhere/b"), "x", "0600")])
        assert names(tmp_path) == ["folder"]

    @pytest.mark.parametrize("unsafe", [False, True])
    def test_a_file_that_cannot_be_renamed_is_written_in_place_if_that_is_allowed(self, tmp_path, unsafe):
        """Such as one that is mounted into a container."""
        path = tmp_path / "key"
        path.write_text("earlier", encoding="utf-8")
        path.chmod(0o600)

        def busy(*_args):
            raise OSError(errno.EBUSY, "Device or resource busy")

        task = started(unsafe_writes=unsafe)
        with mock.patch.object(os, "rename", busy):
            if unsafe:
                task.files.write([(str(path), SECRET, "0600")])
            else:
                with pytest.raises(InputError, match="'.*key' cannot be written: "):
                    task.files.write([(str(path), SECRET, "0600")])
        assert path.read_text(encoding="utf-8") == (SECRET if unsafe else "earlier")
        assert names(tmp_path) == ["key"]

    @pytest.mark.parametrize("unsafe", [False, True])
    def test_a_folder_that_cannot_be_written_to(self, tmp_path, unsafe):
        """The file in it can, where that is allowed."""
        path = tmp_path / "key"
        path.write_text("earlier", encoding="utf-8")
        real = tempfile.NamedTemporaryFile
        real_open = tempfile.mkstemp

        def refuse(folder):
            if str(folder) == str(tmp_path):
                raise PermissionError(errno.EACCES, "Permission denied")

        def named(**more):
            refuse(more.get("dir"))
            return real(**more)

        def made(*args, **more):
            refuse(os.fsdecode(more.get("dir") or b""))
            return real_open(*args, **more)

        def rename(*_args):
            raise PermissionError(errno.EACCES, "Permission denied")

        task = started(unsafe_writes=unsafe)
        with (
            mock.patch.object(tempfile, "NamedTemporaryFile", named),
            mock.patch.object(tempfile, "mkstemp", made),
            mock.patch.object(os, "rename", rename),
        ):
            if unsafe:
                task.files.write([(str(path), SECRET, "0600")])
            else:
                with pytest.raises(InputError, match="'.*key' cannot be written: Permission denied"):
                    task.files.write([(str(path), SECRET, "0600")])
        assert path.read_text(encoding="utf-8") == (SECRET if unsafe else "earlier")
        assert names(tmp_path) == ["key"]

    def test_an_error_names_the_absolute_path(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        with pytest.raises(InputError, match=f"'{tmp_path}/nowhere/key' cannot be written"):
            started().files.write([("nowhere/key", SECRET, "0600")])
        with pytest.raises(InputError, match=f"'{tmp_path}/key' cannot be given"):
            started(owner="nobody-of-this-name").files.write([("key", SECRET, "0600")])

    def test_extended_attributes_stay(self, tmp_path):
        """Core copies all that a file has beside its content, where the file system has such."""
        path = tmp_path / "key"
        path.write_text("earlier", encoding="utf-8")
        with mock.patch.object(shutil, "copystat", wraps=shutil.copystat) as copied:
            started().files.write([(str(path), SECRET, "0600")])
        assert [os.fsdecode(call.args[0]) for call in copied.mock_calls] == [str(path)]

    def test_a_link_stays_one(self, tmp_path):
        (tmp_path / "folder").mkdir()
        (tmp_path / "key").symlink_to("folder/real")
        started().files.write([(str(tmp_path / "key"), SECRET, "0600")])
        assert (tmp_path / "key").is_symlink()
        assert names(tmp_path / "folder") == ["real"]


def test_writers_at_the_same_time_do_not_sweep_each_others_files(tmp_path):
    """Two who write the same files over and over: each write succeeds, and nothing is left."""
    path, failed = str(tmp_path / "key"), []
    tasks = [started() for _writer in range(2)]

    def write(task):
        for number in range(50):
            try:
                with _files.aside(path) as handle:
                    handle.write(b"x")
                    os.rename(handle.name, f"{path}-{next(counter)}-{number}")
            except (InputError, OSError) as exc:
                failed.append(exc)

    counter = itertools.count()
    writers = [threading.Thread(target=write, args=(task,)) for task in tasks]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert not failed
    assert len(names(tmp_path)) == 100
