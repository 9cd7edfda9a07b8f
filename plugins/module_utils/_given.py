# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user wrote, before ansible-core makes of it what the options' types ask for. Pure functions.

Afterwards it is too late: null can then not be told from an option that was not given, nor a text from what Python
calls a dictionary, a boolean or a number.

This file is private to the collection.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.dcos.security.plugins.module_utils._errors import InputError

# What ansible-core shows in place of a secret, wholly or as a part of a text.
_MASKED = re.compile(r"VALUE_SPECIFIED_IN_NO_LOG_PARAMETER|(?<!\*)\*{8}(?!\*)")

# The longest value (characters) that an error repeats, and how much of a longer one.
LONGEST_REPEATED = 200
REPEATED = 60


def checked(
    spec: Mapping[str, dict[str, Any]],
    given: Mapping[str, Any],
    subjects: Iterable[Sequence[str]] = (),
    within: str = "",
) -> dict[str, Any]:
    """Return the options that are given: those that are null are left out, at any depth, as if nobody had written them.

    Serves for the options of a module as for one entry of a list of them.

    Args:
        spec: an argument spec, as AnsibleModule takes it.
        given: the options as they were written, {name or alias: value}. Names that are not in ``spec`` stay.
        subjects: groups of options that say what the task is about. Where one of a group is written, but null or empty,
            and none of the same group has a value, the task would be about something else, such as everybody.
        within: what to put in front of names in errors, such as ``accounts[3].``.

    Raises InputError for such a subject, for null where a value is required or in a list, for a value that would be
    stored in Python's spelling, and for one that is masked output.
    """
    names = {alias: name for name, option in spec.items() for alias in (name, *option.get("aliases", ()))}
    empty = _empty_subjects(names, given, subjects, within)
    kept = {}
    for key, value in given.items():
        _refuse_masked(value, f"{within}{key}")
        option = spec.get(names.get(key, ""))
        if option is None:
            kept[key] = value
        elif value is None and option.get("required"):
            raise InputError(f"{within}{key} is required, but null: what it is taken from is empty.")
        elif value is not None and names[key] not in empty:
            kept[key] = _checked(option, value, f"{within}{key}")
    return kept


def _empty_subjects(
    names: dict[str, str], given: Mapping[str, Any], subjects: Iterable[Sequence[str]], within: str
) -> set[str]:
    """Return the names of subjects that are null or empty, where others have a value."""
    # Before ansible-core 2.19 a template whose outcome is null arrives as an empty text.
    empty = {key for key, value in given.items() if value is None or (isinstance(value, str) and not value.strip())}
    found: set[str] = set()
    for group in subjects:
        written = [key for key in given if names.get(key) in group]
        if written and empty.issuperset(written):
            others = f" (or one of {', '.join(group)})" if len(group) > 1 else ""
            raise InputError(
                f"{within}{written[0]} is empty: what it is taken from has no value. Give it one{others}, or leave the "
                "option out to say that none is meant."
            )
        found.update(names[key] for key in written if key in empty)
    return found


def _checked(option: dict[str, Any], value: Any, label: str) -> Any:
    """Return the value of one option without what is null inside."""
    kind = option.get("type", "str")
    if kind in ("str", "path"):
        refuse_no_text(value, label, exact=bool(option.get("no_log")) and "auth_" not in label)
    elif kind == "list":
        if isinstance(value, list):
            element = {**option, "type": option.get("elements", "raw")}
            return [_element(element, item, f"{label}[{number}]") for number, item in enumerate(value)]
        if not isinstance(value, dict):  # one value, or several with commas
            refuse_no_text(value, label)
    elif kind == "dict" and isinstance(value, dict) and option.get("options"):
        return checked(option["options"], value, within=f"{label}.")
    return value


def _element(option: dict[str, Any], value: Any, label: str) -> Any:
    if value is None:
        raise InputError(f"{label} is null: give it a value, or take it out of the list.")
    return _checked(option, value, label)


def refuse_no_text(value: Any, label: str, exact: bool = False) -> None:
    """Raise InputError unless a value is a text, or a whole number that reads like one.

    ansible-core would turn anything into Python's spelling of it: ``True``, ``1.1`` where ``1.10`` was written.

    Args:
        exact: no number either, because of 0123 and 1_000 nothing is left but 83 and 1000.
    """
    if isinstance(value, (dict, list)):
        kind = "list" if isinstance(value, list) else "dictionary"
        raise InputError(f"{label} must be a text, not a {kind}. If its JSON is meant, use the filter to_json.")
    # YAML has points in time; the variables of a role come as it has read them.
    time = isinstance(value, datetime.datetime)
    kind = "boolean" if isinstance(value, bool) else "point in time" if time else "number"
    if time or isinstance(value, (bool, float)) or (exact and isinstance(value, int)):
        raise InputError(
            f"{label} must be a text, not a {kind}, whose spelling is lost: put it in quotes where it is first written."
        )


def _refuse_masked(value: Any, label: str) -> None:
    """Raise InputError for what ansible-core shows in place of a secret: somebody took it for the real thing."""
    if any(_MASKED.search(text) for text in texts(value)):
        raise InputError(
            f"{label} holds masked output, which Ansible shows in place of a secret. Take the value from where it is "
            "kept, and not from the result of another task."
        )


def texts(value: Any) -> Iterator[str]:
    """Return every text in a value, names of members included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from texts(name)
            yield from texts(member)
    elif isinstance(value, (list, tuple)):
        for member in value:
            yield from texts(member)


def shortened(message: str, given: Any) -> str:
    """Return an error's text in which no very long value of the options is repeated whole."""
    for text in sorted(texts(given), key=len, reverse=True):
        if len(text) > LONGEST_REPEATED and text in message:
            message = message.replace(text, f"{text[:REPEATED]}… ({len(text)} characters)")
    return message
