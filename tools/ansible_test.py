# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run ansible-test out of a virtual environment, without a container and without its download host."""

from __future__ import annotations

import contextlib
import copy
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.request
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, TypeVar

from complaints import Complaints
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from mirror import COLLECTIONS, mirror

Result = TypeVar("Result")

# Options of pytest (those of pytest-xdist).
ON_ALL_PROCESSORS = ("-n", "auto")

BOOTSTRAP_URL = "https://ci-files.testing.ansible.com/ansible-test/get-pip-{version}.py"

# What get-pip.py does, with what Python ships. ensurepip sets PIP_CONFIG_FILE to the null device for its whole process,
# which would take index and certificate settings away from the install that follows.
BOOTSTRAP_STAND_IN = '''\
"""Stand-in for get-pip.py, written because the original could not be downloaded. Safe to delete."""
import os
import subprocess
import sys

environment = dict(os.environ)

import ensurepip

ensurepip.bootstrap()
arguments = [argument for argument in sys.argv[1:] if argument not in ("--no-setuptools", "--no-wheel")]
sys.exit(subprocess.call([sys.executable, "-m", "pip", "install"] + arguments, env=environment))
'''


class Venv:
    """A virtual environment that holds ansible-core; commands are looked for in ``folders``, too, before PATH.

    ansible-test starts ansible-playbook by name, and the integration tests dcos-emulator.
    """

    def __init__(self, root: Path, *folders: Path) -> None:
        if " " in str(root):
            # ansible-test writes the interpreter's path into the first line of scripts, where a space ends it.
            self._alias = tempfile.TemporaryDirectory(prefix="dcos-security-")
            link = Path(self._alias.name, "venv")
            link.symlink_to(root)
            root = link
        self.bin = root / "bin"
        self.python = self.bin / "python"
        self.environment = {
            **os.environ,
            "PATH": os.pathsep.join(map(str, (self.bin, *folders, os.environ["PATH"]))),
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        }
        self.complaints = Complaints()
        self._output: IO[bytes] | None = None
        self._watched = not sys.stdout.isatty()
        if self._watched:
            self.environment["NO_COLOR"] = "1"  # ansible-lint colours whatever it writes to

    def writing_to(self, output: IO[bytes]) -> Venv:
        """Return the same environment, the output of whose commands goes to a file."""
        other = copy.copy(self)
        other._output = output
        return other

    def run(self, program: str, *arguments: str, cwd: Path) -> int:
        """Run one of this environment's commands and return its exit status; its output goes where ours goes.

        Where that is no terminal, ``complaints`` has the lines that say what failed.
        """
        stdout = self._output or (subprocess.PIPE if self._watched else None)
        process = subprocess.Popen(
            [self.bin / program, *arguments],
            cwd=cwd,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stdout and subprocess.STDOUT,
        )
        with process:
            if process.stdout:
                self.complaints.show(process.stdout)
        return process.returncode

    def ansible_test(self, command: str, *arguments: str, cwd: Path | None = None) -> int:
        """Run ``ansible-test command`` on a copy of the tree by this environment's Python; return its exit status."""
        self._provide_bootstrap()
        version = self.output("-c", "import sys; print('%d.%d' % sys.version_info[:2])")
        # Not by its own first line, which names the interpreter by its real path.
        program = ("python", str(self.bin / "ansible-test"))
        options = ("--local", "--requirements", "--python", version)
        return self.run(*program, command, *options, *arguments, cwd=cwd or mirror())

    def output(self, *arguments: str) -> str:
        """What this environment's Python prints when it is run with ``arguments``, stripped."""
        return subprocess.check_output([self.python, *arguments], env=self.environment, text=True).strip()

    def _provide_bootstrap(self) -> None:
        """Put the script with which ansible-test installs pip where it looks before it downloads.

        The versions are read from its source: they are in no interface.
        """
        package = Path(self.output("-c", "import ansible_test; print(ansible_test.__path__[0])"))
        source = (package / "_internal" / "python_requirements.py").read_text(encoding="utf-8")
        cache = Path.home() / ".ansible" / "test" / "cache"
        for version in set(re.findall(r"\bpip='([\d.]+)'", source)):
            script = cache / f"get_pip_{version.replace('.', '_')}.py"
            if not script.exists():
                cache.mkdir(parents=True, exist_ok=True)
                download_or_stand_in(BOOTSTRAP_URL.format(version=version), script)


def side_by_side(venv: Venv, works: Sequence[Callable[[Venv], Result]]) -> list[Result]:
    """Do several works at the same time, each with an environment; return their results.

    The output of the first is shown as it comes, that of the others when all are done.
    """
    with ThreadPoolExecutor(len(works)) as pool, contextlib.ExitStack() as stack:
        files = [stack.enter_context(tempfile.TemporaryFile()) for _work in works[1:]]
        runs = [pool.submit(works[0], venv)]
        runs += [pool.submit(work, venv.writing_to(file)) for work, file in zip(works[1:], files, strict=True)]
        results = [run.result() for run in runs]
        for file in files:
            file.seek(0)
            venv.complaints.show(file)
    return results


def provide_ssh_key() -> None:
    """Make the key pair that ansible-test wants to have, though nothing here uses SSH.

    It would make one by itself, with a program that need not be there; and two of it at a time get in each other's way.
    """
    folder = Path.home() / ".ansible" / "test"
    private, public = folder / "id_rsa", folder / "id_rsa.pub"
    if private.exists() and public.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    key = rsa.generate_private_key(65537, 2048)
    formats = (serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
    private.touch(mode=0o600)
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, *formats))
    public.write_bytes(
        key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH) + b"\n"
    )


def download_or_stand_in(url: str, path: Path) -> None:
    """Write the script at ``url`` to ``path``, or the stand-in where the network does not give it."""
    part = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")  # several may be at it
    try:
        with urllib.request.urlopen(url, timeout=10) as response, part.open("wb") as file:
            shutil.copyfileobj(response, file)
    except OSError:
        part.write_text(BOOTSTRAP_STAND_IN, encoding="utf-8")
    part.replace(path)
