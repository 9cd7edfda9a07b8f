# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The groups that identities are in as hosts of an inventory."""

from __future__ import annotations

from ansible_collections.dcos.security.plugins.plugin_utils import _presets
from ansible_collections.dcos.security.plugins.plugin_utils._identity_groups import grouped
from ansible_collections.dcos.security.tests.unit.plugins.plugin_utils.estates import facts_of, identity


def groups(*identities):
    """The groups of each, by uid."""
    return {one["uid"]: found for one, found in grouped(facts_of(*identities))}


def test_groups_of_the_cluster_presets_superusers_and_findings():
    rows = _presets.render(_presets.load("sdk"), "kafka", "kafka", "kafka", [], "", [])
    kafka = identity("kafka", groups=["queues", "a-b"], permissions=rows)
    supreme = identity("supreme", superuser="superusers", groups=["superusers"])
    old = identity("old", key_size=1024, credentials=[])
    assert groups(kafka, supreme, old) == {
        "kafka": ["gid_queues", "gid_a-b", "preset_sdk"],
        "supreme": ["gid_superusers", "finding_superuser-by-group", "dcos_superusers"],
        "old": ["finding_account-without-credential", "finding_weak-key"],
    }


def test_people_are_no_hosts_and_what_is_unknown_is_no_group():
    unread = identity("kafka", groups=None, permissions=None, superuser=None, credentials=None, certificates=None)
    assert groups(unread, identity("alice", is_service=False)) == {"kafka": []}
