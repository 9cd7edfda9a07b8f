# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How strictly facts are judged, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.plugin_utils._finding_rules import RULES
from ansible_collections.dcos.security.plugins.plugin_utils._findings import ALL_RULES, findings
from ansible_collections.dcos.security.tests.unit.plugins.plugin_utils.estates import certificate, facts_of, identity


@pytest.fixture
def facts():
    """Two accounts: one logs in over http and has a certificate that ends in 12 days."""
    http = identity("kafka", certificates=[certificate("kafka/tls")])
    http["credentials"][0]["login_endpoint"] = "HTTP://leader.mesos/acs/api/v1/auth/login"
    facts = facts_of(http, identity("spark"))
    facts["unattached"]["groups"] = ["interns"]
    return facts


def rules(found):
    return {one["rule"] for one in found}


def test_what_is_found(facts):
    assert rules(findings(facts)) == {"http-endpoint", "certificate-expiring", "empty-group"}
    assert findings(facts) == findings(facts)


class TestArguments:
    """How strictly it is judged."""

    def test_strict(self, facts):
        (one,) = [one for one in findings(facts) if one["rule"] == "http-endpoint"]
        assert one["severity"] == "medium"
        (one,) = [one for one in findings(facts, strict=True) if one["rule"] == "http-endpoint"]
        assert one["severity"] == "high"

    def test_days(self, facts):
        assert "certificate-expiring" not in rules(findings(facts, expiring_days=12))
        assert "certificate-expiring" in rules(findings(facts, expiring_days=13))

    def test_key_size(self, facts):
        weak = [one["subject"] for one in findings(facts, min_key_size=3072) if one["rule"] == "weak-key"]
        assert weak == ["kafka", "kafka/tls", "spark"]

    def test_severities(self, facts):
        found = findings(facts, severities={"empty-group": "critical"})
        assert {one["severity"] for one in found if one["rule"] == "empty-group"} == {"critical"}
        assert found[0]["severity"] == "critical"

    def test_exceptions(self, facts):
        facts["read_at"] = "2026-11-26T23:00:00Z"
        exception = {"rule": "empty-group", "subject": "interns", "reason": "Summer is coming"}
        assert "empty-group" not in rules(findings(facts, exceptions=[exception]))
        assert "empty-group" not in rules(findings(facts, exceptions=[{**exception, "subject": "*"}]))
        assert "empty-group" in rules(findings(facts, exceptions=[{**exception, "subject": "others"}]))
        assert "empty-group" not in rules(findings(facts, exceptions=[{**exception, "expires": "2026-11-26"}]))
        expired = findings(facts, exceptions=[{**exception, "expires": "2026-11-25"}])
        assert {"empty-group", "exception-expired"} <= rules(expired)
        assert [one["subject"] for one in expired if one["rule"] == "exception-expired"] == ["interns"]

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({"expiring_days": -1}, "expiring_days"),
            ({"expiring_days": True}, "expiring_days"),
            ({"min_key_size": "2048"}, "min_key_size"),
            ({"severities": {"emtpy-group": "low"}}, "Did you mean 'empty-group'"),
            ({"severities": {"empty-group": "bad"}}, "not one of low, medium, high, critical"),
            ({"severities": ["low"]}, "mapping"),
            ({"exceptions": {"rule": "x"}}, "list"),
            ({"exceptions": [{"rule": "empty-group", "subject": "x"}]}, "has no reason"),
            ({"exceptions": [{"rule": "empty-group", "subject": "x", "reason": "y", "until": "z"}]}, "mapping of"),
            ({"exceptions": [{"rule": "nothing", "subject": "x", "reason": "y"}]}, "The rules are"),
            (
                {"exceptions": [{"rule": "empty-group", "subject": "x", "reason": "y", "expires": "soon"}]},
                "no.* date",
            ),
        ],
    )
    def test_refused(self, facts, options, words):
        with pytest.raises(InputError, match=words):
            findings(facts, **options)

    @pytest.mark.parametrize("other", [None, [], {}, {"identities": []}, {"identities": {}, "read_at": "x"}, "text"])
    def test_other_facts(self, other):
        with pytest.raises(InputError, match="dcos_service_identity_info"):
            findings(other)


def test_what_may_not_be_read_is_not_blamed(facts):
    """Nothing is said of what is unknown."""
    for one in facts["identities"]:
        one.update(
            dict.fromkeys(("groups", "permissions", "inherited", "superuser", "credentials", "certificates")),
            unread=["credentials", "certificates", "permissions", "groups"],
            unfinished="none",
        )
    facts.update(native_accounts=[], unattached=dict.fromkeys(facts["unattached"]))
    assert rules(findings(facts)) <= {"shared-key", "weak-key"}


@pytest.mark.parametrize(
    "members",
    [
        {"unread": ["chain_secret"], "chain_secret": None, "chain_matches": None},
        {"common_name": "{{ lookup('pipe', 'id') }}"},
    ],
)
def test_a_task_that_could_do_harm_is_no_remedy(members):
    """It would write over a secret that nobody could read, or execute what somebody has called himself."""
    found = findings(facts_of(identity("kafka", certificates=[certificate("kafka/tls", **members)])))
    assert rules(found) == {"certificate-expiring"}
    assert found[0]["remedy"] is None and "Decide by hand" in found[0]["why"]


def test_many(facts):
    """The work grows with the cluster, not with its square: counted in looks at an identity."""

    class Counting(list):
        looks = 0

        def __iter__(self):
            Counting.looks += 1
            return super().__iter__()

    facts["identities"] = Counting(facts["identities"])
    findings(facts)
    assert Counting.looks <= 2 * len(RULES)


def test_ids_are_unique():
    assert len(ALL_RULES) == len(RULES) + 1


def test_the_guide_is_current():
    """Run tools/finding_rules.py after a change of the rules."""
    guide = (Path(__file__).resolve().parents[4] / "docs" / "docsite" / "rst" / "guide_taking_over.rst").read_text(
        "utf-8"
    )
    for rule in ALL_RULES.values():
        assert f"   * - ``{rule.id}``\n     - {rule.severity}\n     - {rule.title}. {rule.why}" in guide
