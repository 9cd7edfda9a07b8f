# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the CA's tests: both backends over one root."""

from __future__ import annotations

from collections.abc import Iterator

import ca_client
import ca_compare
import pytest
from ca_client import Ca
from ca_material import shared_root

from dcos_emulator.ca import Root


@pytest.fixture(scope="session")
def root() -> Root:
    """The root that both backends sign with."""
    return shared_root()


@pytest.fixture(scope="session")
def embedded(root: Root) -> Iterator[Ca]:
    """The embedded backend."""
    ca = Ca("embedded", root)
    yield ca
    ca.close()


@pytest.fixture(scope="session")
def cfssl(root: Root) -> Iterator[Ca]:
    """The real cfssl."""
    ca_client.require_cfssl()
    ca = Ca("cfssl", root)
    yield ca
    ca.close()


@pytest.fixture(params=["embedded", "cfssl"])
def ca(request: pytest.FixtureRequest) -> Ca:
    """Each backend in turn."""
    return request.getfixturevalue(request.param)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how much was compared."""
    if ca_client.missing:
        terminalreporter.write_line(f"CA differential test skipped: {ca_client.missing}")
    elif ca_compare.compared:
        terminalreporter.write_line(
            f"CA differential test: {ca_compare.compared} requests answered alike by both backends"
        )
