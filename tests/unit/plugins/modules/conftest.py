# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the tests that run modules."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Callable

import pytest

from ansible_collections.dcos.security.tests.unit.plugins.calls import Outcome
from ansible_collections.dcos.security.tests.unit.plugins.certificates import CN, MODULE, Files, Secrets, unseen
from ansible_collections.dcos.security.tests.unit.plugins.cluster import Cluster


@pytest.fixture(params=[Files, Secrets], ids=["files", "secrets"])
def place(request: pytest.FixtureRequest, cluster: Cluster, tmp_path: Path) -> Files | Secrets:
    """Return where the certificate is kept: each test runs for both."""
    kept: Files | Secrets = request.param(cluster, tmp_path)
    return kept


@pytest.fixture
def keep(cluster: Cluster, place: Files | Secrets) -> Callable[..., Outcome]:
    """Return a function that runs the module for one certificate with an EC key, which is made quickly."""

    def run(method: str = "run", **options: Any) -> Outcome:
        wanted = {"common_name": CN, "key_type": "ECDSA", **place.options, **options}
        outcome: Outcome = getattr(cluster, method)(MODULE, **wanted)
        if os.path.exists(place.paths["private_key"]) or place.paths["private_key"].startswith("kafka/"):
            unseen(cluster, place, outcome)
        return outcome

    return run


@pytest.fixture
def files(cluster: Cluster, tmp_path: Path) -> Files:
    """Return the place of a certificate in files."""
    return Files(cluster, tmp_path)
