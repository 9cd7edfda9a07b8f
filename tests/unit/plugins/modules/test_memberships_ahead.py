# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Memberships of what is not there: check mode says what it takes for granted, as the run would fail without it."""

from __future__ import annotations

import pytest

from ansible_collections.dcos.security.plugins.module_utils import _keys

ASSUMED = "There is no {} yet; check mode assumes that an earlier task creates it."


@pytest.fixture
def tasks(cluster, pems):
    """Return {module: (options, what is missing)} of tasks that join something there is with something there is not."""
    cluster.iam("PUT", "/groups/here", {"description": "x"})
    cluster.iam("PUT", "/users/alice", {"password": "initial-password"})
    public_key = _keys.public_key_of(pems[0])
    return {
        "dcos_service_account": (
            {"uid": "kafka", "public_key": public_key, "groups": ["gone", "here"]},
            "group 'gone'",
        ),
        "dcos_user": ({"uid": "bob", "user_password": "battery-staple", "groups": ["gone", "here"]}, "group 'gone'"),
        "dcos_group": ({"gid": "databases", "members": ["alice", "nobody"]}, "account 'nobody'"),
    }


@pytest.mark.parametrize("module", ["dcos_service_account", "dcos_user", "dcos_group"])
def test_check_mode_names_what_is_missing(cluster, tasks, module):
    options, missing = tasks[module]
    predicted = cluster.run(module, check=True, **options)
    assert predicted["changed"] is True
    assert ASSUMED.format(missing) in predicted.warned
    assert predicted.warned.count("check mode assumes") == 1
    assert cluster.attempt(module, **options)["failed"], "the run needs it"


@pytest.mark.parametrize("module", ["dcos_service_account", "dcos_user", "dcos_group"])
def test_nothing_is_said_of_what_is_there(cluster, tasks, module):
    options, _missing = tasks[module]
    cluster.iam("PUT", "/groups/gone", {"description": "x"})
    cluster.iam("PUT", "/users/nobody", {"password": "initial-password"})
    assert "check mode assumes" not in cluster.run(module, check=True, **options).warned
    cluster.converge(module, **options)
