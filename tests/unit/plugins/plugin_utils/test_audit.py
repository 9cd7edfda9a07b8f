# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reports of an audit: each in its form, and whatever a cluster's names are, nothing but text in it."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest
from ansible.errors import AnsibleFilterError
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.dcos.security.plugins.filter.identity_report import FORMATS, identity_report
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.plugin_utils import _audit, _audit_html
from ansible_collections.dcos.security.plugins.plugin_utils._findings import ALL_RULES, findings
from ansible_collections.dcos.security.tests.unit.plugins.plugin_utils.estates import certificate, facts_of, identity

SCHEMA = Path(__file__).resolve().parents[4] / "docs" / "identity-audit.schema.json"
HOSTILE = "</script><img src=x onerror=alert(1)>|`*_[a](javascript:b)'\"&\n"


def audit_of(facts, **options):
    return _audit.audit(facts, findings(facts), **options)


@pytest.fixture
def facts():
    kafka = identity("kafka", certificates=[certificate("kafka/tls")], superuser="direct", groups=["queues"])
    alice = identity("alice", is_service=False, fingerprint=None, key_size=None, credentials=[], superuser="superusers")
    groups = [
        {"gid": gid, "description": "", "members": [uid], "permissions": [{"rid": rid, "actions": ["full"]}]}
        for gid, uid, rid in (("queues", "kafka", "dcos:a"), ("superusers", "alice", "dcos:superuser"))
    ]
    return facts_of(kafka, alice, groups=groups)


def test_figures(facts):
    figures = audit_of(facts)["figures"]
    assert figures["service_accounts"] == 1 and figures["people"] == 1 and figures["superusers"] == 2
    assert figures["certificates"] == 1 and figures["groups"] == 2
    assert sum(figures["findings"].values()) == len(findings(facts))


def test_json_can_be_compared_with(facts):
    earlier = json.loads(_audit.as_json(audit_of(facts)))
    assert audit_of(facts, earlier=earlier)["comparison"] == {
        "since": facts["read_at"], "new": [], "gone": [], "unchanged": len(earlier["findings"]),
        "new_identities": [], "gone_identities": [],
    }  # fmt: skip
    facts["identities"][0]["superuser"] = "none"
    facts["identities"][0]["unfinished"] = "key_replacement"
    facts["identities"].append(identity("spark"))
    since = audit_of(facts, earlier=earlier)["comparison"]
    assert [one["rule"] for one in since["gone"]] == ["superuser-account"]
    assert [one["rule"] for one in since["new"]] == ["unfinished-key-replacement"]
    assert since["new_identities"] == ["spark"] and since["gone_identities"] == []


@pytest.mark.parametrize("earlier", [{}, [], "text", {"version": 2, "findings": []}, {"version": 1}])
def test_what_is_no_audit(facts, earlier):
    with pytest.raises(InputError, match="earlier audit"):
        audit_of(facts, earlier=earlier)


def test_json_is_as_the_schema_says(facts):
    schema = json.loads(SCHEMA.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate(json.loads(_audit.as_json(audit_of(facts))))
    compared = audit_of(facts, earlier=json.loads(_audit.as_json(audit_of(facts))))
    validator.validate(json.loads(_audit.as_json(compared)))
    assert not validator.is_valid({**compared, "version": 2})


def test_a_report_from_a_report(facts):
    """An identities.json is enough for the others, whether it is text or parsed, and keeps its comparison."""
    facts["identities"].append(identity("spark"))
    found = findings(facts)
    earlier = _audit.as_json(audit_of(facts_of(identity("kafka"))))
    stored = identity_report(facts, found, "json", earlier)
    for form in FORMATS:
        wanted = identity_report(facts, found, form, earlier)
        assert identity_report(stored, format=form) == identity_report(json.loads(stored), None, form) == wanted
    for other in (facts, "text", "", None, [], {"version": 2, "findings": []}):
        with pytest.raises(AnsibleFilterError, match="given without findings is not an identities.json"):
            identity_report(other)


def test_an_earlier_audit_as_text(facts):
    text = _audit.as_json(audit_of(facts))
    assert _audit.read(text) == _audit.read(json.loads(text)) == json.loads(text)
    assert _audit.read(None) is None and _audit.read("") is None
    for other in ("{", "text", 5):
        with pytest.raises(InputError, match="earlier audit"):
            _audit.read(other)
    for other in ("null", "[]", "{}", "5"):
        with pytest.raises(InputError, match="earlier audit"):
            audit_of(facts, earlier=_audit.read(other))


def test_sarif(facts):
    """The parts that SARIF 2.1.0 demands (sections 3.13, 3.14, 3.19, 3.27), and the indexes."""
    log = json.loads(_audit.as_sarif(audit_of(facts)))
    assert log["version"] == "2.1.0" and "$schema" in log
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    assert len(run["results"]) == len(findings(facts))
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note") and result["message"]["text"]


def test_junit(facts):
    root = ET.fromstring(_audit.as_junit(audit_of(facts)))
    suite = root.find("testsuite")
    cases = suite.findall("testcase")
    assert {case.get("name") for case in cases} == set(ALL_RULES) and suite.get("tests") == str(len(ALL_RULES))
    failed = {case.get("name") for case in cases if case.find("failure") is not None}
    assert failed == {one["rule"] for one in findings(facts)} and suite.get("failures") == str(len(failed))


def test_markdown(facts):
    text = _audit.as_markdown(audit_of(facts))
    rows = [line for line in text.splitlines() if line.startswith("| ") and "severity" not in line]
    assert len(rows) == len(findings(facts))
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 5 for row in rows)


class Tags(HTMLParser):
    """The tags of a page, and the text that is not in a script."""

    def __init__(self):
        super().__init__()
        self.tags, self.text, self._open = [], "", ""

    def handle_starttag(self, tag, attrs):
        self._open = tag
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        if self._open not in ("script", "style"):
            self.text += data


def page(about):
    found = Tags()
    found.feed(_audit_html.as_html(about))
    return found


def test_html_has_everything_and_needs_nothing(facts):
    found = page(audit_of(facts))
    for word in ("kafka", "alice", "queues", "dcos:superuser", "kafka/tls", "x.example.com"):
        assert word in found.text
    for tag, attributes in found.tags:
        assert tag not in ("link", "img", "iframe", "object")
        assert not (tag == "script" and attributes)
        assert not attributes.get("href", "#").startswith(("http", "javascript"))
    ids = [attributes["id"] for _tag, attributes in found.tags if "id" in attributes]
    assert len(set(ids)) == len(ids)
    assert [
        attributes["href"]
        for _tag, attributes in found.tags
        if "href" in attributes and attributes["href"][1:] not in ids
    ] == []


def hostile(text):
    """A cluster in which everything is called like that."""
    row = {"rid": text, "actions": ["full"]}
    one = identity(
        text,
        description=text,
        groups=[text],
        superuser=text,
        permissions=[row],
        certificates=[certificate(text, common_name=text, hosts=[text])],
        unfinished="key_replacement",
    )
    group = {"gid": text, "description": text, "members": [text], "permissions": [row]}
    facts = facts_of(one, groups=[group], partial=True, unknown=[{"what": text, "permission": text}])
    facts["unattached"]["acls"] = facts["unattached"]["groups"] = [text]
    return facts


def test_names_are_text_in_every_format():
    about, harmless = audit_of(hostile(HOSTILE)), audit_of(hostile("harmless"))
    assert [tag for tag, _attributes in page(about).tags] == [tag for tag, _attributes in page(harmless).tags]
    assert json.loads(_audit.as_json(about))["identities"][0]["uid"] == HOSTILE
    assert json.loads(_audit.as_sarif(about))
    ET.fromstring(_audit.as_junit(about))
    assert _audit.as_markdown(about).count("\n") == _audit.as_markdown(harmless).count("\n")


@given(st.text(min_size=1))
def test_whatever_a_name_is(text):
    about = audit_of(hostile(text))
    assert [tag for tag, _attributes in page(about).tags].count("details") == len(about["findings"]) + 1
    ET.fromstring(_audit.as_junit(about))


def test_a_great_cluster_is_drawn_small():
    members = [f"service-{number}" for number in range(3000)]
    facts = facts_of(
        *map(identity, members), groups=[{"gid": "all", "description": "", "members": members, "permissions": []}]
    )
    drawing = _audit_html.graph(audit_of(facts))
    assert len(drawing["nodes"]) <= 12 and drawing["height"] < 300
    assert any("2992 more" in node["text"] for node in drawing["nodes"])
