# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An audit in the formats of those who read it: people, merge requests, pipelines. Pure; no secrets.

This file is private to the collection.
"""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Mapping
from typing import Any

from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.plugin_utils._finding_rules import SEVERITIES
from ansible_collections.dcos.security.plugins.plugin_utils._findings import ALL_RULES

Audit = dict[str, Any]
WORST_FIRST = tuple(reversed(SEVERITIES))
# Of the form of the JSON; docs/identity-audit.schema.json describes it.
VERSION = 1
_NO_AUDIT = "is not an identities.json of this collection."
_EARLIER = "the earlier audit"
# What no XML document may hold (XML 1.0, section 2.2).
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SARIF_LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
_SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def audit(facts: Mapping[str, Any], findings: list[dict[str, Any]], earlier: Mapping[str, Any] | None = None) -> Audit:
    """Return all that a report tells, as it stands in ``identities.json``; ``earlier`` is such a file's content.

    Raises InputError for an ``earlier`` that is none.
    """
    return {
        "version": VERSION,
        "read_at": facts["read_at"],
        "store": facts.get("store"),
        "partial": facts.get("partial", False),
        "unknown": list(facts.get("unknown") or ()),
        "figures": _figures(facts, findings),
        "comparison": None if earlier is None else _comparison(findings, facts, earlier),
        "findings": findings,
        "identities": facts["identities"],
        "groups": facts.get("groups"),
        "unattached": facts.get("unattached"),
    }


def read(earlier: Any, what: str = _EARLIER) -> Mapping[str, Any] | None:
    """Return the content of an ``identities.json``, given as its text or parsed; None for nothing.

    Raises InputError for a text that is no JSON, in which ``what`` names it.
    """
    if isinstance(earlier, Mapping):
        return earlier
    if earlier is None or earlier == "":
        return None
    try:
        parsed: Any = json.loads(earlier)
    except (TypeError, ValueError):
        raise InputError(f"{what} {_NO_AUDIT}") from None
    return parsed if isinstance(parsed, Mapping) else {}


def parsed(report: Any) -> Audit:
    """Return the audit that an ``identities.json`` holds, given as its text or parsed.

    Raises InputError for anything else.
    """
    what = "what is given without findings"
    about = read(report, what)
    if not _is_audit(about):
        raise InputError(f"{what} {_NO_AUDIT}")
    return dict(about or {})


def _is_audit(content: Any) -> bool:
    return isinstance(content, Mapping) and content.get("version") == VERSION and "findings" in content


def _figures(facts: Mapping[str, Any], findings: list[dict[str, Any]]) -> dict[str, Any]:
    identities = facts["identities"]
    severities = Counter(one["severity"] for one in findings)
    return {
        "service_accounts": sum(bool(one["is_service"]) for one in identities),
        "people": sum(not one["is_service"] for one in identities),
        "groups": len(facts.get("groups") or ()),
        "permissions": sum(len(row["actions"]) for one in identities for row in one["permissions"] or ()),
        "credentials": sum(len(one["credentials"] or ()) for one in identities),
        "certificates": sum(len(one["certificates"] or ()) for one in identities),
        "superusers": sum(one["superuser"] not in (None, "none") for one in identities),
        "findings": {severity: severities[severity] for severity in WORST_FIRST},
    }


def _key(finding: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(finding.get(name) for name in ("rule", "subject", "uid", "evidence"))


def _comparison(findings: list[dict[str, Any]], facts: Mapping[str, Any], earlier: Mapping[str, Any]) -> dict[str, Any]:
    """Return which findings and accounts are new and gone since an earlier audit."""
    if not _is_audit(earlier):
        raise InputError(f"{_EARLIER} {_NO_AUDIT}")
    before = {_key(one): one for one in earlier["findings"]}
    now = {_key(one): one for one in findings}
    uids, uids_before = ({one["uid"] for one in about["identities"]} for about in (facts, earlier))
    return {
        "since": earlier["read_at"],
        "new": [one for key, one in now.items() if key not in before],
        "gone": [one for key, one in before.items() if key not in now],
        "unchanged": len(now.keys() & before.keys()),
        "new_identities": sorted(uids - uids_before),
        "gone_identities": sorted(uids_before - uids),
    }


def as_json(about: Audit) -> str:
    """Return the audit as JSON."""
    return json.dumps(about, indent=1, ensure_ascii=False) + "\n"


def _cell(text: object) -> str:
    """Return a text that is one in a cell of a table in Markdown, whatever is in it."""
    escaped = "".join(f"\\{c}" if c in "\\`*_{}[]<>#+!|~" else c for c in " ".join(str(text).split()))
    return escaped.replace("@", "@\u200b")  # nobody is notified because an account is called as they are


def as_markdown(about: Audit) -> str:
    """Return the audit for a merge request."""
    figures = about["figures"]
    counts = ", ".join(f"{count} {severity}" for severity, count in figures["findings"].items() if count) or "none"
    lines = [
        "# Service identities",
        "",
        f"Read at {about['read_at']}: {figures['service_accounts']} service accounts, {figures['superusers']} "
        f"superusers, {figures['certificates']} certificates. Findings: {counts}.",
        "",
    ]
    if about["partial"]:
        missing = ", ".join(sorted({_cell(one["permission"]) for one in about["unknown"]}))
        lines += [f"**Not everything could be read.** Missing permissions: {missing}.", ""]
    if about["comparison"]:
        since = about["comparison"]
        lines += [
            f"Since {since['since']}: {len(since['new'])} new, {len(since['gone'])} gone, "
            f"{since['unchanged']} unchanged.",
            "",
        ]
        lines += [f"- new: {_cell(one['subject'])}: {one['title']}" for one in since["new"]]
        lines += [f"- gone: {_cell(one['subject'])}: {one['title']}" for one in since["gone"]] + [""]
    lines += ["| severity | subject | what | evidence |", "|---|---|---|---|"]
    lines += [
        f"| {one['severity']} | {_cell(one['subject'])} | {one['title']} | {_cell(one['evidence'])} |"
        for one in about["findings"]
    ]
    return "\n".join(lines) + "\n"


def as_sarif(about: Audit) -> str:
    """Return the findings as SARIF 2.1.0, for code scanning. A subject is a logical location, as there is no file."""
    used = sorted({one["rule"] for one in about["findings"]})
    rules = [
        {
            "id": name,
            "shortDescription": {"text": ALL_RULES[name].title},
            "fullDescription": {"text": ALL_RULES[name].why},
            "defaultConfiguration": {"level": _SARIF_LEVELS[ALL_RULES[name].severity]},
        }
        for name in used
    ]
    results = [
        {
            "ruleId": one["rule"],
            "ruleIndex": used.index(one["rule"]),
            "level": _SARIF_LEVELS[one["severity"]],
            "message": {"text": f"{one['subject']}: {one['evidence']}"},
            "locations": [{"logicalLocations": [{"name": one["subject"], "kind": "resource"}]}],
            "partialFingerprints": {"dcosSecurity/v1": f"{one['rule']}:{one['subject']}"},
            "properties": {"severity": one["severity"]},
        }
        for one in about["findings"]
    ]
    driver = {"name": "dcos.security", "rules": rules}
    run = {"tool": {"driver": driver}, "results": results, "invocations": [{"executionSuccessful": True}]}
    return json.dumps({"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def as_junit(about: Audit) -> str:
    """Return the findings as JUnit's XML: a test case for each rule, which fails with each of its findings."""
    found: dict[str, list[dict[str, Any]]] = {}
    for one in about["findings"]:
        found.setdefault(one["rule"], []).append(one)
    cases = [(rule, found.get(rule.id, [])) for rule in ALL_RULES.values()]
    failed = sum(bool(ones) for _rule, ones in cases)
    attributes = {"name": "dcos.security.identities", "tests": str(len(cases)), "failures": str(failed), "errors": "0"}
    suites = ET.Element("testsuites")
    suite = ET.SubElement(suites, "testsuite", {**attributes, "skipped": "0", "time": "0"})
    for rule, ones in cases:
        case = ET.SubElement(suite, "testcase", {"classname": "identities", "name": rule.id, "time": "0"})
        if ones:
            failure = ET.SubElement(
                case, "failure", {"type": ones[0]["severity"], "message": f"{rule.title} ({len(ones)})"}
            )
            failure.text = _NO_XML.sub("?", "\n".join(f"{one['subject']}: {one['evidence']}" for one in ones))
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suites, encoding="unicode") + "\n"
