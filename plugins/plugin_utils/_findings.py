# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings: facts in, what is wrong with them out. Pure.

This file is private to the collection.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.plugin_utils import _remedies
from ansible_collections.dcos.security.plugins.plugin_utils._estate import Estate, Found
from ansible_collections.dcos.security.plugins.plugin_utils._finding_rules import (
    EXCEPTION_EXPIRED,
    RULES,
    SEVERITIES,
    Rule,
)

Finding = dict[str, Any]

ALL_RULES = {rule.id: rule for rule in (*RULES, EXCEPTION_EXPIRED)}
_EXCEPTION = {"rule": str, "subject": str, "reason": str, "expires": (str, date)}


def findings(
    facts: Mapping[str, Any],
    expiring_days: int = 30,
    min_key_size: int = 2048,
    strict: bool = False,
    severities: Mapping[str, str] | None = None,
    exceptions: Iterable[Mapping[str, Any]] | None = None,
) -> list[Finding]:
    """Return what is wrong, the worst first, as [{rule, severity, subject, uid, title, evidence, why, remedy}].

    Args:
        facts: what dcos_service_identity_info returned.
        severities: {rule: severity}, for those that are to count otherwise.
        exceptions: [{rule, subject, reason, expires}], with ``expires`` (a date) or without; ``*`` in ``subject`` is
            all of a rule. An exception hides a finding up to and including that day.

    Raises InputError for arguments that mean nothing.
    """
    _check_number("expiring_days", expiring_days)
    _check_number("min_key_size", min_key_size)
    chosen = _severities(severities or {})
    estate = Estate(facts, expiring_days, min_key_size, strict)
    excepted, expired = _exceptions(exceptions or (), estate.read_at.date())
    found = [
        _finding(rule, one, chosen)
        for rule in RULES
        for one in rule.look(estate)
        if not excepted & {(rule.id, one.subject), (rule.id, "*")}
    ]
    found += [_finding(EXCEPTION_EXPIRED, one, chosen) for one in expired]
    order = {severity: number for number, severity in enumerate(reversed(SEVERITIES))}
    return sorted(found, key=lambda one: (order[one["severity"]], one["rule"], one["subject"], one["evidence"]))


def _finding(rule: Rule, found: Found, severities: Mapping[str, str]) -> Finding:
    remedy = _remedies.as_yaml(found.remedy) if found.remedy else None
    return {
        "rule": rule.id,
        "severity": severities.get(rule.id) or found.severity or rule.severity,
        "subject": found.subject,
        "uid": found.uid,
        "title": rule.title,
        "evidence": found.evidence,
        "why": rule.why if remedy else f"{rule.why} {rule.decide}",
        "remedy": remedy,
    }


def _check_number(name: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise InputError(f"{name} is '{value}', not a whole number of at least 0.")


def _check_rule(name: Any, where: str) -> None:
    if name not in ALL_RULES:
        near = difflib.get_close_matches(str(name), list(ALL_RULES), 1)
        hint = f" Did you mean '{near[0]}'?" if near else f" The rules are {', '.join(ALL_RULES)}."
        raise InputError(f"{where} names the rule '{name}', and there is none.{hint}")


def _severities(severities: Mapping[str, str]) -> Mapping[str, str]:
    if not isinstance(severities, Mapping):
        raise InputError("severities must be a mapping from rules to severities.")
    for rule, severity in severities.items():
        _check_rule(rule, "severities")
        if severity not in SEVERITIES:
            raise InputError(f"severities: {rule} is '{severity}', not one of {', '.join(SEVERITIES)}.")
    return severities


def _exceptions(exceptions: Iterable[Mapping[str, Any]], today: date) -> tuple[set[tuple[str, str]], list[Found]]:
    """Return which (rule, subject) are excepted, and those exceptions that are so no more."""
    if isinstance(exceptions, (str, Mapping)):
        raise InputError("exceptions must be a list of {rule, subject, reason, expires}.")
    excepted, expired = set(), []
    for number, one in enumerate(exceptions, 1):
        where = f"exceptions, entry {number}"
        if not isinstance(one, Mapping) or not set(one) <= set(_EXCEPTION):
            raise InputError(f"{where}: it must be a mapping of {', '.join(_EXCEPTION)}.")
        for member in ("rule", "subject", "reason"):
            if not isinstance(one.get(member), str) or not one[member].strip():
                raise InputError(f"{where}: it has no {member}.")
        _check_rule(one["rule"], where)
        if one.get("expires") is not None and _date(one["expires"], where) < today:
            expired.append(
                Found(one["subject"], f"It excepted {one['rule']} until {one['expires']}, because: {one['reason']}")
            )
        else:
            excepted.add((one["rule"], one["subject"]))
    return excepted, expired


def _date(value: Any, where: str) -> date:
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise InputError(f"{where}: expires is '{value}', not a date such as 2027-01-31.") from None
