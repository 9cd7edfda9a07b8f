# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refuse to build a release whose notes are not written, or whose version is another commit's already."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import yaml
from mirror import ROOT


def _git(*arguments: str) -> str:
    """What git says, or nothing where it fails or there is no repository."""
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def problems() -> Iterator[str]:
    """Say what stands against a release of this working tree."""
    version = str(yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"])
    fragments = sorted(path.name for path in (ROOT / "changelogs" / "fragments").glob("*.y*ml"))
    if fragments:
        yield f"{len(fragments)} fragments of the changelog wait, the first is {fragments[0]}: make changelog"
    notes = yaml.safe_load((ROOT / "changelogs" / "changelog.yaml").read_text(encoding="utf-8"))["releases"]
    if version not in notes:
        yield f"The changelog has no notes of {version}, which galaxy.yml says is released: make changelog"
    tagged = _git("rev-list", "-n", "1", f"refs/tags/{version}")
    if tagged and tagged != _git("rev-parse", "HEAD"):
        yield f"{version} is the tag of another commit: galaxy.yml needs the next version"


if __name__ == "__main__":
    found = list(problems())
    for problem in found:
        print(f"No release: {problem}", file=sys.stderr)
    sys.exit(bool(found))
