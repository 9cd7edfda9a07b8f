# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Molecule scenario of the README is the one in ``extensions/molecule``, and Molecule runs it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

EMULATOR = Path(__file__).resolve().parents[1]
COLLECTION = EMULATOR.parent
SCENARIO = COLLECTION / "extensions" / "molecule" / "default"

pytestmark = pytest.mark.skipif(not SCENARIO.is_dir(), reason="the collection is not beside the emulator")


def test_the_readme_shows_the_scenario() -> None:
    text = (EMULATOR / "README.md").read_text(encoding="utf-8")
    section = re.search(r"^### Molecule\n(.*?)^## ", text, re.DOTALL | re.MULTILINE)
    assert section
    shown = dict(re.findall(r"^`(\S+)`:\n\n```yaml\n(.*?)```$", section[1], re.DOTALL | re.MULTILINE))
    files = {path.name: path.read_text(encoding="utf-8") for path in SCENARIO.iterdir()}
    # Without the lines on the licence.
    assert shown == {name: content.split("GPL-3.0-or-later\n", 1)[1].lstrip() for name, content in files.items()}


@pytest.mark.skipif(not shutil.which("molecule"), reason="molecule is not installed (pip install molecule)")
def test_molecule_runs_the_scenario(tmp_path: Path) -> None:
    collection = tmp_path / "ansible_collections" / "dcos" / "security"
    collection.parent.mkdir(parents=True)
    collection.symlink_to(COLLECTION)
    settings = {
        "HOME": str(tmp_path),
        "ANSIBLE_COLLECTIONS_PATH": str(tmp_path),
        "MOLECULE_GLOB": "molecule/*/molecule.yml",
    }
    others = {name: value for name, value in os.environ.items() if not name.startswith(("DCOS_", "ANSIBLE_"))}
    run = subprocess.run(
        ["molecule", "test"],
        cwd=collection / "extensions",
        env={**others, **settings, "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout
    for step in ("destroy", "create", "converge", "idempotence", "verify"):
        assert re.search(rf"{step}\S*: .*Successful", run.stdout), run.stdout
    assert "The account is there" in run.stdout
    assert [path for path in tmp_path.rglob("dcos.json") if path.is_file()] == []  # it goes with the emulator
