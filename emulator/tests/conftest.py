# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Emulators as real processes, and a client that sends exactly the bytes it is told to."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator

import pytest
from conformance import Conformance
from emulator_process import Running, start

# What a shell starts in the background ignores SIGINT, and so would all that the tests start, and send it to.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def start_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Running]]:
    """Starts emulators with the given options; whatever still runs at the end of the session is ended."""
    running: list[Running] = []

    def launch(*options: str) -> Running:
        emulator = start(*options)
        running.append(emulator)
        return emulator

    yield launch
    for emulator in running:
        emulator.stop()


@pytest.fixture(scope="session")
def cluster(start_emulator: Callable[..., Running]) -> Running:
    """An Enterprise cluster over TLS that tests share; each test uses names of its own."""
    emulator = start_emulator("--port", "0")
    emulator.observers.append(Conformance().check)
    return emulator


@pytest.fixture
def fresh(start_emulator: Callable[..., Running]) -> Iterator[Running]:
    """An Enterprise cluster without TLS for one test."""
    emulator = start_emulator("--port", "0", "--no-tls")
    yield emulator
    emulator.stop()


@pytest.fixture(scope="session")
def open_edition(start_emulator: Callable[..., Running]) -> Running:
    """The open-source IAM alone, without TLS."""
    return start_emulator("--port", "0", "--no-tls", "--open-edition")
