# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A cluster with every fault: each is found, and each remedy removes what it is for."""

from __future__ import annotations

import itertools

import yaml

from ansible_collections.dcos.security.plugins.plugin_utils._finding_rules import RULES, SEVERITIES
from ansible_collections.dcos.security.plugins.plugin_utils._findings import findings
from ansible_collections.dcos.security.tests import faulty_cluster

INFO = "dcos_service_identity_info"


def seeded(cluster):
    """Fill the cluster, as somebody else's scripts would."""
    connection = cluster.connection
    call = faulty_cluster.caller(connection["url"], connection["ca_path"], cluster.username, cluster.password)
    faulty_cluster.Seed(call, 20).run()
    return cluster


def judged(cluster):
    return findings(cluster.run(INFO, people=True))


def known(found):
    return {(one["rule"], one["subject"], one["evidence"]) for one in found}


def mend(cluster, text, registered):
    """Run the tasks of a remedy, as a playbook would."""
    for task in yaml.safe_load(text):
        if "ansible.builtin.include_role" in task:
            return False  # the integration target runs these
        (module,) = [name for name in task if name.startswith("dcos.security.")]
        options = {
            name: registered.get(value, value) if isinstance(value, str) else value
            for name, value in task[module].items()
        }
        outcome = cluster.run(module.rpartition(".")[2], **options)
        if "register" in task:
            registered[f"{{{{ {task['register']}.public_key }}}}"] = outcome["public_key"]
    return True


def test_every_rule_finds_and_every_remedy_mends(cluster):
    """One after the other: after each, that finding is gone, and no other has come."""
    facts = seeded(cluster).run(INFO, people=True)
    left = findings(facts)
    check_form(left)
    assert {one["rule"] for one in left} == {rule.id for rule in RULES}
    good = {uid for uid, _service in itertools.islice(faulty_cluster.names(), 2)}
    assert good <= {one["uid"] for one in facts["identities"]}
    assert not [one for one in left if one["uid"] in good]
    mended = set()
    while True:
        one = next((one for one in left if one["remedy"] and (one["rule"], one["subject"]) not in mended), None)
        if one is None:
            break
        mended.add((one["rule"], one["subject"]))
        if not mend(cluster, one["remedy"], {}):
            continue
        now = judged(cluster)
        assert not known([one]) & known(now), one
        # With its last grant, an ACL has become one that is left over.
        assert {each for each in known(now) if each[0] != "unused-acl"} <= known(left), one
        left = now
    assert len({rule for rule, _subject in mended}) >= 15, mended
    assert {one["rule"] for one in left if one["remedy"]} == {"unfinished-rotation"}


def check_form(found):
    """What every finding has, and none."""
    members = ["rule", "severity", "subject", "uid", "title", "evidence", "why", "remedy"]
    order = [SEVERITIES.index(one["severity"]) for one in found]
    assert order == sorted(order, reverse=True)
    for one in found:
        assert list(one) == members
        assert one["severity"] in SEVERITIES and one["title"] and one["why"] and one["evidence"]
        if one["remedy"] is None:
            assert "ecide" in one["why"] or "no remedy" in one["why"] or "exception" in one["why"], one
        else:
            assert isinstance(yaml.safe_load(one["remedy"]), list)
    assert "PRIVATE" not in yaml.safe_dump(found)
