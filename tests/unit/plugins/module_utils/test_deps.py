# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Libraries that are missing or too old are named all at once, with what to do."""

from __future__ import annotations

import sys
import types
from pathlib import Path

import pytest

from ansible_collections.dcos.security.plugins.module_utils import _deps
from ansible_collections.dcos.security.plugins.module_utils._deps import LIBRARIES, MissingLibraryError, load

REQUIREMENTS = Path(__file__).resolve().parents[4] / "meta" / "ee-requirements.txt"


def module(name, version):
    """Return a module that says it is of this version."""
    made = types.ModuleType(name)
    made.__version__ = version
    return made


def test_the_minimums_are_those_that_are_declared():
    declared = {line.strip() for line in REQUIREMENTS.read_text(encoding="utf-8").splitlines() if ">=" in line}
    assert {library.requirement for library in LIBRARIES.values() if library.minimum} == declared


@pytest.mark.parametrize("version", ["2.4", "2.4.0", "2.10.1", "3", "2.4.0rc1"])
def test_new_enough(monkeypatch, version):
    monkeypatch.setitem(sys.modules, "jwt", module("jwt", version))
    assert load("jwt").__version__ == version


@pytest.mark.parametrize("version", ["1.7.1", "2.3.0", "2.0", "0"])
def test_too_old(monkeypatch, version):
    monkeypatch.setitem(sys.modules, "jwt", module("jwt", version))
    with pytest.raises(MissingLibraryError) as caught:
        load("jwt")
    assert f"PyJWT {version} is too old to log in as a service account" in str(caught.value)
    assert f"{sys.executable} -m pip install 'PyJWT>=2.4'" in str(caught.value)


def test_all_are_named_at_once(monkeypatch):
    monkeypatch.setitem(sys.modules, "jwt", module("jwt", "1.7.1"))
    monkeypatch.setitem(sys.modules, "cryptography", None)  # as if it were not installed
    with pytest.raises(MissingLibraryError) as caught:
        load("cryptography")
    assert "pip install 'PyJWT>=2.4' 'cryptography>=38.0'" in str(caught.value)
    assert _deps.LIBRARIES["cryptography"].reason in str(caught.value)


def test_what_does_not_tell_its_version_is_taken(monkeypatch):
    monkeypatch.setitem(sys.modules, "jwt", types.ModuleType("jwt"))
    assert load("jwt")
