# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module as ansible-core packs it and sends it to a host: one Python script that holds a zip."""

from __future__ import annotations

import base64
import io
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from ansible.executor.module_common import modify_module
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

PLUGINS = Path(__file__).resolve().parents[4] / "plugins"
NAME = "ansible_collections.dcos.security.plugins.modules."

# Loaded by the Python that runs the module; notes what was imported by its end.
WITNESS = """
import atexit, os, sys

@atexit.register
def note():
    with open(os.environ["IMPORTED"], "w", encoding="utf-8") as stream:
        stream.write("\\n".join(sys.modules))
"""


def build(module: str, options: dict[str, Any]) -> bytes:
    """Return the script that runs ``module`` with ``options``."""
    built = modify_module(
        module_name=NAME + module,
        module_path=str(PLUGINS / "modules" / f"{module}.py"),
        module_args={**options, "_ansible_version": "0", "_ansible_tmpdir": None},
        templar=Templar(loader=DataLoader()),
        task_vars={"ansible_python_interpreter": sys.executable},
        module_compression="ZIP_DEFLATED",
    )
    script: bytes = built[0] if isinstance(built, tuple) else built.b_module_data
    return script


def sizes(module: str) -> dict[str, int]:
    """Return what the collection puts into the zip: {file name: compressed size in bytes}."""
    encoded = max(re.findall(rb"[A-Za-z0-9+/=]{1000,}", build(module, {})), key=len)
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(encoded))) as archive:
        return {
            info.filename.rpartition("/")[2]: info.compress_size
            for info in archive.infolist()
            if "/dcos/security/plugins/" in info.filename and not info.filename.endswith("__init__.py")
        }


def run(module: str, options: dict[str, Any], folder: Path, **environment: str) -> tuple[str, set[str]]:
    """Run a module as a process, as on a host; return what it printed and the names of all that it imported."""
    (folder / "sitecustomize.py").write_text(WITNESS, encoding="utf-8")
    script = folder / "module.py"
    script.write_bytes(build(module, options))
    done = subprocess.run(
        [sys.executable, script],
        env={**os.environ, "PYTHONPATH": str(folder), "IMPORTED": str(folder / "imported"), **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        timeout=120,
    )
    return done.stdout, set((folder / "imported").read_text(encoding="utf-8").splitlines())
