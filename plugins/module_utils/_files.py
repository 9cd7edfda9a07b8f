# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of the machine that a task runs on: what a path means, reading, predicting in check mode, and writing.

A relative path means the folder of the playbook. Ansible starts an ordinary module there, the worker goes there for as
long as a module's code runs in it, and a lookup, which goes nowhere, names that folder where it needs it.

This file is private to the collection.
"""

from __future__ import annotations

import contextlib
import fcntl
import glob
import os
import re
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Callable, Protocol

from ansible_collections.dcos.security.plugins.module_utils._errors import InputError

# What a file is written under until it is renamed, behind a dot and the name it is going to have.
ASIDE = ".dcos-security-"

# Each process has others, so a path through one of these names something else in the worker than in a module's process.
_OF_THE_PROCESS = re.compile(r"/proc/(self|thread-self|\d+)/|/dev/(fd/|stdin$|stdout$|stderr$)")
_MOST_LINKS = 40  # as Linux counts them

# How DER begins (a SEQUENCE of some hundred bytes or more), and what makes PEM of it, by a part of the option's name.
_DER = (b"\x30\x81", b"\x30\x82")
_FROM_DER = {"csr": "req", "public": "pkey -pubin", "private": "pkey"}


class Reader(Protocol):
    """What reading needs to know of a task."""

    check_mode: bool

    def warn(self, text: str) -> None:
        """Warn the user."""


class Core(Protocol):
    """What AnsibleModule knows to do with files. Instead of ending the module, each raises InputError."""

    check_mode: bool

    def atomic_move(self, src: str, dest: str, unsafe_writes: bool = False) -> None:
        """Rename a file, and let it inherit owner, mode, extended attributes and SELinux context of what was there."""

    def load_file_common_arguments(self, params: dict[str, Any], path: str | None = None) -> dict[str, Any]:
        """Pick the options that say what attributes a file shall have."""

    def set_fs_attributes_if_different(self, file_args: dict[str, Any], changed: bool) -> bool:
        """Give a file these attributes, or in check mode tell whether it has others."""

    def set_attributes_if_different(self, path: str, attributes: str, changed: bool) -> bool:
        """Give a file these attributes of chattr."""


def absolute(path: str, folder: str | None = None) -> str:
    """Return the path that ``path`` means: ``~`` is a home folder, and what is relative lies in ``folder``.

    Without ``folder`` that is the folder of the process. Links and ``..`` stay as they are.
    """
    return os.path.join(folder or os.getcwd(), os.path.expanduser(path))


def check_readable(path: str, option: str) -> int:
    """Return the type and mode of the file that ``option`` names, as stat() does, without reading it.

    Raises InputError if there is none, and for what is not one to be read: a device, or something that only this
    process sees under this path.
    """
    path = absolute(path)
    _check_same_for_all(path, option)
    try:
        mode = os.stat(path).st_mode
    except OSError as exc:
        raise InputError(f"{option} '{path}' cannot be read: {exc.strerror}.") from exc
    if stat.S_ISCHR(mode) or stat.S_ISBLK(mode) or stat.S_ISSOCK(mode):
        raise InputError(f"{option} '{path}' is a device or a socket. Name a regular file or a named pipe.")
    return mode


def read_bytes(path: str, option: str) -> bytes:
    """Return the content of the file that ``option`` names.

    Raises InputError as check_readable() does, if it cannot be read, and for a pipe that gives nothing.
    """
    mode, path = check_readable(path, option), absolute(path)
    try:
        with open(path, "rb") as handle:
            content = handle.read()
    except OSError as exc:
        raise InputError(f"{option} '{path}' cannot be read: {exc.strerror}.") from exc
    if stat.S_ISFIFO(mode) and not content:
        raise InputError(f"{option} '{path}' is a pipe that gave nothing: its writer failed, or it was read before.")
    return content


def read_text(path: str, option: str) -> str:
    """Return the text (UTF-8) of the file that ``option`` names; raises InputError if there is none to be had."""
    content = read_bytes(path, option)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as exc:
        remedy = _from_der(absolute(path), option) if content.startswith(_DER) else ""
        raise InputError(f"{option} '{absolute(path)}' cannot be read: it is not a text file.{remedy}") from exc


def _from_der(path: str, option: str) -> str:
    command = next((command for part, command in _FROM_DER.items() if part in option), "")
    return (
        f" It looks like DER. As PEM it is read: openssl {command} -inform DER -in {path} -out {path}.pem"
        if command
        else ""
    )


def read_or_predict(task: Reader, path: str, option: str, predict: Callable[[], str]) -> str:
    """Return the text of the file that ``option`` names.

    In check mode a missing file is taken for one that an earlier task would have made, and ``predict()`` stands in.
    Raises InputError if it cannot be read.
    """
    if task.check_mode and not os.path.exists(absolute(path)):
        task.warn(f"{option} '{absolute(path)}' does not exist; check mode assumes that an earlier task makes it.")
        return predict()
    return read_text(path, option)


def _check_same_for_all(path: str, option: str) -> None:
    """Raise InputError for a path that leads through what every process has another of."""
    # Link by link, as the kernel goes: the last one of /proc/self/fd/0 leads nowhere that has a name.
    todo, done = [part for part in path.split("/") if part not in ("", ".")][::-1], "/"
    links = 0
    while todo and links <= _MOST_LINKS:
        part = todo.pop()
        done = os.path.dirname(done) if part == ".." else os.path.join(done, part)
        if _OF_THE_PROCESS.match(done + ("/" if todo else "")):
            raise InputError(
                f"{option} '{path}' is part of a process, such as its standard input or what a shell puts in place of "
                "<(command), and modules run in processes of their own. Name a regular file, or a named pipe: mkfifo "
                f"-m 600 pipe; command > pipe & ansible-playbook …, with {option}: pipe."
            )
        if os.path.islink(done):
            links += 1
            target = os.readlink(done)
            done = "/" if target.startswith("/") else os.path.dirname(done)
            todo += [part for part in target.split("/") if part not in ("", ".")][::-1]


def mode_of(path: str, default: str) -> str:
    """Return the mode of a file as an octal number, ``default`` where there is none."""
    try:
        return f"{stat.S_IMODE(os.stat(path).st_mode):04o}"
    except OSError:
        return default


class FileWriter:
    """Writes files and sets their attributes, by way of ansible-core, as its own modules do.

    Args:
        core: ansible-core's functions.
        params: the task's options, among them those of every module that writes files (``owner``, ``group``, …).
    """

    def __init__(self, core: Core, params: dict[str, Any]):
        self.core = core
        self._params = params

    def check(self, modes: dict[str, Any]) -> None:
        """Raise InputError if files of these modes, {path: mode}, cannot be made or given their attributes.

        To be called before anything is done that could not be undone, in check mode, too.
        """
        for path, mode in modes.items():
            folder = os.path.dirname(os.path.realpath(path))
            if self.core.check_mode:
                if os.path.isdir(folder):  # an earlier task may make it
                    self._give(folder, mode, path)
                continue
            with self._aside(path) as trial:
                try:
                    self._give(trial.name, mode, path)
                finally:
                    self._release(trial.name)

    def write(self, files: Sequence[tuple[str, str | bytes, Any]]) -> None:
        """Write [(path, content, mode)] so that no reader meets half a file, or some files new and others old for long.

        Each is written aside first, and all are renamed at the end. At no instant may anybody read what the mode does
        not let them. Raises InputError if one cannot be written, or not be given its attributes.
        """
        self.check({path: mode for path, _text, mode in files})
        with contextlib.ExitStack() as stack:
            written = [(stack.enter_context(self._aside(path)), path, text, mode) for path, text, mode in files]
            for handle, path, text, _mode in written:
                with _failing_as(path):
                    handle.write(text.encode("utf-8") if isinstance(text, str) else text)
                    handle.flush()
            for handle, path, _text, mode in written:
                self._put(handle.name, path, mode)

    def set_attributes(self, modes: dict[str, Any]) -> bool:
        """Set owner, group, SELinux context and the given mode of files {path: mode}; True if that changed any."""
        changed = False
        for path, mode in modes.items():
            changed |= self._give(os.path.realpath(path), mode, path)
        return changed

    def _aside(self, path: str) -> AbstractContextManager[Any]:
        return aside(path, elsewhere=bool(self._params.get("unsafe_writes")))

    def _put(self, name: str, path: str, mode: Any) -> None:
        target = os.path.realpath(path)  # a link stays one
        # What replaces a file inherits its attributes, so these have to be the right ones by then. Who may replace a
        # file need not be its owner: then it inherits none.
        if os.path.exists(target) and os.geteuid() in (0, os.stat(target).st_uid):
            self._give(target, mode, path)
        before = os.umask(0o077)
        try:
            self.core.atomic_move(name, target, unsafe_writes=bool(self._params.get("unsafe_writes")))
        except Exception as exc:  # of no particular class, as core raises them
            raise InputError(f"'{absolute(path)}' cannot be written: {exc}") from exc
        finally:
            os.umask(before)
        self._give(target, mode, path)

    def _give(self, name: str, mode: Any, path: str) -> bool:
        wanted = self.core.load_file_common_arguments({**self._params, "mode": mode}, path=name)
        try:
            return self.core.set_fs_attributes_if_different(wanted, False)
        except InputError as exc:
            path = absolute(path)
            text = str(exc).replace(name, path)
            raise InputError(f"'{path}' cannot be given its owner, group, mode or attributes: {text}") from exc

    def _release(self, name: str) -> None:
        """Take from a file the attributes that would keep it from being deleted."""
        if self._params.get("attributes"):
            with contextlib.suppress(InputError):
                self.core.set_attributes_if_different(name, "-ia", False)


@contextlib.contextmanager
def _failing_as(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise InputError(f"'{absolute(path)}' cannot be written: {exc.strerror}.") from exc


@contextlib.contextmanager
def aside(path: str, elsewhere: bool = False) -> Iterator[Any]:
    """Return an empty file beside ``path``, open for writing, that only its owner may read.

    It is gone afterwards, unless it was renamed; and so is what a run left behind that was killed.

    Args:
        elsewhere: where none can be made beside it, make one among the system's temporary files.
    """
    folder, name = os.path.split(os.path.realpath(path))
    prefix = f".{name}{ASIDE}"
    with _failing_as(path):
        _sweep(os.path.join(folder, prefix))
        try:
            handle = _locked(folder, prefix)
        except OSError:
            if not elsewhere or not os.path.exists(path):
                raise
            handle = _locked(tempfile.gettempdir(), prefix)
    try:
        with handle:
            yield handle
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(handle.name)


def _locked(folder: str, prefix: str) -> Any:
    """Make a temporary file; its lock tells those who sweep that it is not left over."""
    while True:
        # For its owner only, and kept open by whoever asked for it.
        handle = tempfile.NamedTemporaryFile(dir=folder, prefix=prefix, delete=False)  # noqa: SIM115
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
        except OSError:  # a file system without locks, so that nobody sweeps here
            return handle
        if os.fstat(handle.fileno()).st_nlink:
            return handle
        handle.close()  # swept before it was locked


def _sweep(prefix: str) -> None:
    """Delete files that were left behind: those that nobody holds a lock on."""
    for path in glob.glob(f"{glob.escape(prefix)}*"):
        with contextlib.suppress(OSError), open(path, "rb") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.unlink(path)
