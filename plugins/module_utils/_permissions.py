# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Permissions: the grammar of rids and actions, what is documented, and sets of them. Pure functions.

Checks raise InputError for what the cluster is bound to refuse or to misunderstand, before anything is sent. What it
would take but nobody documents is advice, as rids are free text to the IAM. A rid is proposed only where one mend leads
to a documented one and no other: a wrong proposal that is followed grants something else.

This file is private to the collection.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote

from ansible_collections.dcos.security.plugins.module_utils import _permission_reference as reference
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.module_utils._names import fault

ACTIONS = ("create", "read", "update", "delete", "full")

_LONGEST_RID = 512
_RID = re.compile(r"dcos:[A-Za-z0-9_\-./*@%][A-Za-z0-9_\-./*@%:]{0,506}")
# What people call an action elsewhere, where that is one action and no other; "write" may be three.
_OTHER_WORDS = {"list": "read", "get": "read", "view": "read", "patch": "update", "add": "create"}
_OTHER_WORDS |= {"remove": "delete", "destroy": "delete", "all": "full", "*": "full"}
# How alike a word and a documented one are, from 0 to 1, before one is taken for the other misspelt.
_ALIKE = 0.8
# Text that stands for a name, in the manners of manuals, templates and shells.
_PLACEHOLDERS = (r"<[^<>]*>", r"\{+[^{}]*\}+", r"\[[^][]*\]", r"\$\w+", r"%[ds]\b")

# Rules by the first two parts of their rids, which are names in each: a task may have thousands of rids to look up.
_RULES: dict[str, list[reference.Rule]] = {}
for _rule in reference.RULES:
    _RULES.setdefault(":".join(_rule.rid.split(":")[:2]), []).append(_rule)


def split_actions(actions: Iterable[str] | None) -> list[str]:
    """Return actions as a list of names: ``["read, update"]``, as the UI of DC/OS writes them, is two."""
    return [word.strip() for text in actions or () for word in text.split(",")]


def check_action(action: str) -> None:
    """Raise InputError, with a hint, unless ``action`` is one of ACTIONS."""
    if action in ACTIONS:
        return
    word = action.strip().lower()
    near = difflib.get_close_matches(word, [known for known in ACTIONS if known[0] == word[:1]], n=1, cutoff=_ALIKE)
    meant = next((name for name in (_OTHER_WORDS.get(word, word), *near) if name in ACTIONS), None)
    hint = f" Did you mean '{meant}'?" if meant else ""
    raise InputError(f"There is no action '{_short(action)}'.{hint} The actions are {', '.join(ACTIONS)}.")


def check_rid(rid: str) -> None:
    """Raise InputError, with what to do about it, if ``rid`` cannot name a protected resource.

    Refused are what the IAM refuses (PUT /acs/api/v1/acls/{rid}) and the encoded slashes of a URL, which would name
    another resource.
    """
    if not _RID.fullmatch(rid):
        if not rid.startswith("dcos:"):
            problem = "does not begin with 'dcos:'" if rid.strip() else "is empty"
        elif rid.startswith("dcos::") or rid == "dcos:":
            problem = "has nothing behind 'dcos:'"
        else:
            problem = fault(rid, r"A-Za-z0-9_\-./*@%:", _LONGEST_RID)
    elif re.search("%(25)*2f", rid, re.IGNORECASE):
        problem = "holds an encoded slash, and the collection encodes slashes itself"
    else:
        return
    remedy = _remedy(rid)
    raise InputError(f"The rid '{_short(rid)}' {problem}." + (f" {remedy}" if remedy else ""))


def advice(rid: str, actions: Iterable[str]) -> list[str]:
    """Return warnings about a well-formed rid that is not documented, or not with these actions. ``full`` always is."""
    documented = _documented_actions(rid)
    if documented is None:
        exact = never_matches(rid)
        if exact:
            return [f"{exact} A permission on '{rid}' has no effect there; it is used as it is."]
        return [
            " ".join(
                filter(
                    None,
                    [
                        f"The permission reference of DC/OS has no rid like '{rid}'; it is used as it is.",
                        _proposal(_mended(rid)),
                    ],
                )
            )
        ]
    strange = [action for action in actions if action != "full" and action not in documented]
    if not strange:
        return []
    return [
        f"The permission reference of DC/OS has the action {' or '.join([*documented, 'full'])} for '{rid}', "
        f"not {' or '.join(strange)}; it is used as it is."
    ]


def group_by_rid(pairs: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return (rid, action) pairs as a list of {rid, actions}, sorted by rid, the actions in the order of ACTIONS."""
    grouped: dict[str, list[str]] = {}
    for rid, action in sorted(set(pairs), key=lambda pair: (pair[0], _rank(pair[1]))):
        grouped.setdefault(rid, []).append(action)
    return [{"rid": rid, "actions": actions} for rid, actions in grouped.items()]


def _rank(action: str) -> tuple[int, str]:
    return (ACTIONS.index(action) if action in ACTIONS else len(ACTIONS), action)


def _short(text: str) -> str:
    return text if len(text) <= 100 else f"{text[:99]}…"


# --- what is documented


def _documented_actions(rid: str) -> list[str] | None:
    """Return the documented actions of a rid beside ``full``, or None if it is not documented."""
    parts = rid.split(":")
    rules = _RULES.get(":".join(parts[:2]), ())
    for rule in rules:
        if _fits(rule, parts):
            return [action for action in ACTIONS if action in rule.actions]
    covered = [rule for rule in rules if not rid.startswith(reference.EXACT) and _covers(parts, rule)]
    return [action for action in ACTIONS if any(action in rule.actions for rule in covered)] if covered else None


def _alike(pattern: list[str], parts: list[str]) -> bool:
    return all(
        want == have or (want.startswith("<") and have and "/" not in have) for want, have in zip(pattern, parts)
    )


def _fits(rule: reference.Rule, parts: list[str]) -> bool:
    pattern = rule.rid.split(":")
    if len(parts) < len(pattern) or not _alike(pattern, parts):
        return False
    return bool(re.fullmatch(rule.tail, ":".join(["", *parts[len(pattern) :]])))


def _is_listed(rid: str) -> bool:
    """Tell whether the reference has ``rid`` itself, and not only longer ones."""
    parts = rid.split(":")
    return any(_fits(rule, parts) for rule in _RULES.get(":".join(parts[:2]), ()))


def _covers(parts: list[str], rule: reference.Rule) -> bool:
    # A trailing colon, or a final "*", is how published scripts write "and all below".
    shorter = parts[:-1] if parts[-1] in ("", "*") else parts
    pattern = rule.rid.split(":")
    return 2 <= len(shorter) <= len(pattern) and _alike(pattern, shorter)


def never_matches(rid: str) -> str:
    """Say why no request can ever be asked for ``rid``, where its authoriser compares whole rids; else nothing."""
    parts = rid.split(":")
    root = ":".join(parts[:2])
    if re.fullmatch("dcos:superuser[:/*].*", rid):
        return "Superusers are those with a permission on 'dcos:superuser' itself."
    if root != "dcos:adminrouter":
        return ""
    letter_by_letter = "Admin Router compares rids letter by letter"
    if "*" in rid or rid.endswith((":", "/")):
        return f"{letter_by_letter}, without wildcards or hierarchy: give each rid in full."
    if rid.startswith("dcos:adminrouter:service:/"):
        return f"{letter_by_letter}, and those of services have no slash in front: '{rid.replace(':/', ':', 1)}'."
    for rule in _RULES[root]:
        if rule.tail == reference.NOTHING and rid.startswith((f"{rule.rid}:", f"{rule.rid}/")):
            return f"{letter_by_letter}, and asks for '{rule.rid}', whatever the path."
    return ""


# --- what was meant


def _proposal(rids: list[str]) -> str:
    """Word the documented rids that a mend leads to; nothing where there are none, or too many to tell."""
    if len(rids) == 1:
        return f"Did you mean '{rids[0]}'?"
    return f"The nearest ones are {' and '.join(repr(rid) for rid in rids)}." if 1 < len(rids) < 4 else ""


def _mended(rid: str) -> list[str]:
    """Return the documented rids that one mend of a well-formed ``rid`` leads to, sorted."""
    # Nobody becomes a superuser by following advice.
    return sorted(
        found for found in set(_mends(rid)) if _is_listed(found) and (found != "dcos:superuser" or rid.lower() == found)
    )


def _mends(rid: str) -> Iterator[str]:
    """Yield what ``rid`` becomes by one mend: of case, of separators, or of one word after the words of a rule."""
    yield rid.lower()
    yield rid.replace(".", ":")
    yield re.sub(r"(?<![:/])/", ":/", rid, count=1)
    yield re.sub("^dcos:secrets:(?=/)", "dcos:secrets:default:", rid)
    parts = rid.split(":")
    for rule in reference.RULES:
        pattern = rule.rid.split(":")
        if _alike(pattern, parts) and len(parts) > len(pattern):
            yield ":".join([*pattern[:1], *parts[1 : len(pattern)], f"/{':'.join(parts[len(pattern) :])}"])
        for mended in _word_mends(parts, pattern):
            if len(mended) >= len(pattern) and _alike(pattern, mended):
                yield ":".join(mended)


def _word_mends(parts: list[str], pattern: list[str]) -> Iterator[list[str]]:
    """Yield ``parts`` with one word of ``pattern`` corrected, left out, put in, or swapped with the next."""
    for number, wanted in enumerate(pattern[: len(parts)]):
        before, part, after = parts[:number], parts[number], parts[number + 1 :]
        if _misspelt(part, wanted):
            yield [*before, wanted, *after]
        if part in reference.WORDS:  # a name is never too much
            yield [*before, *after]
            if after and after[0] in reference.WORDS:
                yield [*before, after[0], part, *after[1:]]
        # Behind the first two words and before another one: at either end there is no telling what is missing.
        if 2 <= number < len(pattern) - 1:
            yield [*before, "marathon" if wanted.startswith("<") else wanted, part, *after]


def _misspelt(word: str, wanted: str) -> bool:
    """Tell whether ``word`` is ``wanted`` misspelt: alike, and not a word of the reference itself."""
    return word not in reference.WORDS and bool(difflib.get_close_matches(word.lower(), [wanted], cutoff=_ALIKE))


def _remedy(rid: str) -> str:
    """Say what to do about a rid that is none."""
    text = rid.strip()
    for placeholder in filter(None, (re.search(pattern, text) for pattern in _PLACEHOLDERS)):
        return f"Replace the placeholder {_short(placeholder[0])} with a name."
    words = text.rsplit(None, 1)
    if len(words) == 2 and all(word in ACTIONS for word in words[1].split(",")):
        return f"Put the action into actions: rid '{_short(words[0])}', actions [{', '.join(words[1].split(','))}]."
    if "\\" in text:
        return "A backslash keeps a shell from reading what follows it; here there is no shell: leave it out."
    if "%" in text:
        text = unquote(unquote(text))
    text = re.sub(r"\s*:\s*", ":", text).lstrip("/")
    text = re.sub(r"^dcos[.:;,_/-]+", "dcos:", text, flags=re.IGNORECASE)
    if not text.startswith("dcos:"):
        text = f"dcos:{text}"
    if not _RID.fullmatch(text):
        return ""
    return _proposal([text] if _documented_actions(text) is not None else _mended(text))
