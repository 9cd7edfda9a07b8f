# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Permissions: the grammar of rids and actions, what is documented, and sets of them. Pure functions.

Checks raise InputError for what the cluster is bound to refuse or to misunderstand, before anything is sent. What it
would take but nobody documents is advice, as rids are free text to the IAM.

This file is private to the collection.
"""

from __future__ import annotations

import difflib
import functools
import re
from urllib.parse import unquote

from ansible_collections.dcos.security.plugins.module_utils import _permission_reference as reference
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.module_utils._names import fault

ACTIONS = ("create", "read", "update", "delete", "full")

_RID = re.compile(r"dcos:[A-Za-z0-9_\-./*@%][A-Za-z0-9_\-./*@%:]{0,506}")
# What people call the actions elsewhere.
_OTHER_WORDS = {"write": "update", "patch": "update", "list": "read", "get": "read", "view": "read", "put": "create"}
_OTHER_WORDS |= {"post": "create", "add": "create", "remove": "delete", "destroy": "delete", "all": "full", "*": "full"}
# How alike two parts of a rid are, from 0 to 1, before one is taken for the other misspelt.
_ALIKE = 0.75

# Rules by the first two parts of their rids, which are names in each: a task may have thousands of rids to look up.
_RULES: dict[str, list[reference.Rule]] = {}
for _rule in reference.RULES:
    _RULES.setdefault(":".join(_rule.rid.split(":")[:2]), []).append(_rule)


def check_action(action: str) -> None:
    """Raise InputError, with a hint, unless ``action`` is one of ACTIONS."""
    if action in ACTIONS:
        return
    word = action.strip().lower()
    near = [_OTHER_WORDS.get(word, word), *difflib.get_close_matches(word, ACTIONS, n=1)]
    hint = next((f" Did you mean '{candidate}'?" for candidate in near if candidate in ACTIONS), "")
    raise InputError(f"There is no action '{action}'.{hint} The actions are {', '.join(ACTIONS)}.")


def check_rid(rid: str) -> None:
    """Raise InputError, with a hint, if ``rid`` cannot name a protected resource.

    Refused are what the IAM refuses (PUT /acs/api/v1/acls/{rid}) and the encoded slashes of a URL, which would name
    another resource.
    """
    if not _RID.fullmatch(rid):
        if not rid.startswith("dcos:"):
            problem = "does not begin with 'dcos:'" if rid.strip() else "is empty"
        elif rid.startswith("dcos::") or rid == "dcos:":
            problem = "has nothing behind 'dcos:'"
        else:
            problem = fault(rid, r"A-Za-z0-9_\-./*@%:", 512)
    elif re.search("%(25)*2f", rid, re.IGNORECASE):
        problem = "holds an encoded slash, and the collection encodes slashes itself"
    else:
        return
    repaired = _repair(rid)
    raise InputError(f"The rid '{rid}' {problem}." + (f" Did you mean '{repaired}'?" if repaired else ""))


def advice(rid: str, actions) -> list[str]:
    """Return warnings about a well-formed rid that is not documented, or not with these actions. ``full`` always is."""
    documented = _documented_actions(rid)
    if documented is None:
        near = _near_miss(rid)
        hint = f" Did you mean '{near}'?" if near else ""
        return [f"The permission reference of DC/OS has no rid like '{rid}'; it is used as it is.{hint}"]
    strange = [action for action in actions if action != "full" and action not in documented]
    if not strange:
        return []
    return [
        f"The permission reference of DC/OS has the action {' or '.join([*documented, 'full'])} for '{rid}', "
        f"not {' or '.join(strange)}; it is used as it is."
    ]


def merge(permissions) -> dict[str, set[str]]:
    """Return {rid: actions} of a list of {rid, actions}, the rids in the order of their first appearance."""
    merged: dict[str, set[str]] = {}
    for permission in permissions:
        merged.setdefault(permission["rid"], set()).update(permission.get("actions") or ())
    return merged


def pairs(permissions) -> set[tuple[str, str]]:
    """Return the (rid, action) pairs of a list of {rid, actions}."""
    return {(rid, action) for rid, actions in merge(permissions).items() for action in actions}


def group_by_rid(pairs_) -> list[dict]:
    """Return (rid, action) pairs as a list of {rid, actions}, sorted by rid, the actions in the order of ACTIONS."""
    grouped: dict[str, list[str]] = {}
    for rid, action in sorted(set(pairs_), key=lambda pair: (pair[0], _rank(pair[1]))):
        grouped.setdefault(rid, []).append(action)
    return [{"rid": rid, "actions": actions} for rid, actions in grouped.items()]


def _rank(action: str) -> tuple[int, str]:
    return (ACTIONS.index(action) if action in ACTIONS else len(ACTIONS), action)


def _documented_actions(rid: str) -> list[str] | None:
    """Return the documented actions of a rid beside ``full``, or None if it is not documented."""
    parts = rid.split(":")
    rules = _RULES.get(":".join(parts[:2]), ())
    for rule in rules:
        if _fits(rule, parts):
            return [action for action in ACTIONS if action in rule.actions]
    covered = [rule for rule in rules if not rid.startswith(reference.FLAT) and _covers(parts, rule)]
    return [action for action in ACTIONS if any(action in rule.actions for rule in covered)] if covered else None


def _alike(pattern: list[str], parts: list[str]) -> bool:
    return all(want == have or (want.startswith("<") and have) for want, have in zip(pattern, parts))


def _fits(rule: reference.Rule, parts: list[str]) -> bool:
    pattern = rule.rid.split(":")
    if len(parts) < len(pattern) or not _alike(pattern, parts):
        return False
    tail = ":".join(parts[len(pattern) :])
    return tail == _fit_tail(rule, tail) and (bool(tail) or rule.tail != reference.SERVICE)


def _covers(parts: list[str], rule: reference.Rule) -> bool:
    # A trailing colon, or a final "*", is how published scripts write "and all below".
    shorter = parts[:-1] if parts[-1] in ("", "*") else parts
    pattern = rule.rid.split(":")
    return 2 <= len(shorter) <= len(pattern) and _alike(pattern, shorter)


def _fit_tail(rule: reference.Rule, tail: str) -> str:
    """Return ``tail`` in the form that the rule wants."""
    if rule.tail == reference.NOTHING:
        return ""
    if rule.tail == reference.PATH and tail:
        return tail if tail.startswith("/") else f"/{tail}"
    if rule.tail == reference.JOB:
        return tail.strip("/").replace("/", ".")
    if rule.tail == reference.SERVICE:
        return tail.lstrip("/")
    return tail


def _near_miss(rid: str) -> str | None:
    """Return the documented rid that ``rid`` was probably meant to be: a part misspelt, missing, swapped, too many."""
    for variant in (rid.lower(), re.sub(r"(?<![:/])/", ":/", rid, count=1), rid.replace(".", ":")):
        if variant != rid and _documented_actions(variant) is not None:
            return variant
    parts, best, distance = rid.split(":"), None, 1.0
    for rule in reference.RULES:
        pattern = rule.rid.split(":")
        for taken in (len(pattern), len(pattern) - 1, len(pattern) + 1):
            head, tail = parts[:taken], ":".join(parts[taken:])
            ends = any(_unlike(part, pattern[-1]) < 1 for part in head)
            if (rule.tail == reference.SERVICE and not tail) or not (
                ends or (rule.tail == reference.PATH and tail[:1] == "/")
            ):
                continue  # only the beginning of a rule: there is no telling which of many was meant
            dropped = len(parts[taken:]) if rule.tail == reference.NOTHING else 0
            found = _distance(head, pattern) + dropped
            if found < distance or (found == distance and best is None):
                names = head if len(head) == len(pattern) else ["marathon"] * len(pattern)
                fixed = [name if part.startswith("<") else part for part, name in zip(pattern, names)]
                tail = _fit_tail(rule, tail)
                best, distance = ":".join([*fixed, tail] if tail else fixed), found
    return best


def _unlike(part: str, wanted: str, later: list[str] | None = None) -> float:
    """Return 0 for equal parts of a rid, up to 1 for parts that have nothing to do with each other."""
    if wanted.startswith("<"):
        return 1.0 if part in (later or ()) else 0.0
    likeness = _likeness(part.lower(), wanted)
    return 1 - likeness if likeness >= _ALIKE else 1.0


@functools.lru_cache(maxsize=4096)  # the rids of one task are much alike
def _likeness(part: str, wanted: str) -> float:
    return difflib.SequenceMatcher(None, part, wanted).ratio()


def _distance(have: list[str], want: list[str]) -> float:
    """Return how many parts must be inserted, dropped, changed or swapped with their neighbour to get ``want``."""
    rows = [[float(column) for column in range(len(want) + 1)]]
    for i, part in enumerate(have):
        row = [i + 1.0]
        for j, wanted in enumerate(want):
            changed = rows[i][j] + _unlike(part, wanted, want[j + 1 :])
            swapped = rows[i - 1][j - 1] + 1 if i and j and [part, have[i - 1]] == [want[j - 1], wanted] else changed
            row.append(min(rows[i][j + 1] + 1, row[j] + 1, changed, swapped))
        rows.append(row)
    return rows[-1][-1]


def _repair(rid: str) -> str | None:
    """Return the well-formed rid that ``rid`` was probably meant to be."""
    text = re.sub(r"\s+", "", unquote(unquote(rid))).replace("\\", "/").lstrip("/")
    text = re.sub(r"^dcos[.:;,_/-]+", "dcos:", text, flags=re.IGNORECASE)
    if not text.startswith("dcos:"):
        text = f"dcos:{text}"
    if not _RID.fullmatch(text):
        return None
    if _documented_actions(text) is not None:
        return text
    # Without "dcos:" in front, and near to nothing that is known, it may be anything.
    return _near_miss(text) or (text if rid.strip().startswith("dcos:") else None)
