# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures for the tests of whatever talks to a cluster; pytest finds them by itself (``dcos-emulator[pytest]``)."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from .process import EmulatorProcess


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option of the configuration file."""
    parser.addini("dcos_emulator_options", "command line options of dcos-emulator, such as --no-tls", type="args")


@pytest.fixture(scope="session")
def dcos_emulator(pytestconfig: pytest.Config) -> Iterator[EmulatorProcess]:
    """An emulator for all tests; it ends with them, also if pytest is killed."""
    with EmulatorProcess(*pytestconfig.getini("dcos_emulator_options")) as emulator:
        yield emulator


@pytest.fixture
def dcos_cluster(dcos_emulator: EmulatorProcess, monkeypatch: pytest.MonkeyPatch) -> EmulatorProcess:
    """The emulator as a cluster that nothing was done to, with DCOS_URL and so on in the environment."""
    dcos_emulator.reset()
    for name in [name for name in os.environ if name.startswith("DCOS_")]:
        monkeypatch.delenv(name)
    for name, value in dcos_emulator.environment.items():
        monkeypatch.setenv(name, value)
    return dcos_emulator
