# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the audit log of a cluster to the permissions that were missing. Pure functions.

Every security component of DC/OS writes logfmt lines (``key=value``, quoted where there are spaces, nothing escaped)
with ``type=audit``, behind a prefix of its own: Admin Router, the IAM (bouncer), Mesos, Marathon, Metronome, secrets.
Parts of a line are under the control of whoever sent the request, so of two equal keys the first counts, which the
component wrote, and text in quotes is never read as a key.

This file is private to the collection.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, NamedTuple

from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.module_utils._names import check_uid
from ansible_collections.dcos.security.plugins.module_utils._permissions import ACTIONS, check_rid, group_by_rid
from ansible_collections.dcos.security.plugins.plugin_utils import _log_messages

# Either alternative is tried only where it can begin, so that the time stays linear in the length of a line.
_FIELD = re.compile(r'(?<!\S)(?P<key>\w+)=(?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s"]*))|"[^"]*"')
# Denials that no permission cures: no token, a bad one, or a failed login.
_UNAUTHENTICATED = re.compile("authenticat|token|password|credential", re.IGNORECASE)
_METHODS = {"get": "read", "head": "read", "put": "create", "post": "create", "patch": "update"}
# Marathon's and Metronome's action names, such as CreateRunSpec and ViewGroup.
_VERBS = re.compile(r"(?P<verb>Create|View|Update|Delete)(?P<kind>\w*)", re.IGNORECASE)
_VERB_ACTIONS = {"create": "create", "view": "read", "update": "update", "delete": "delete"}
# Marathon's own resources, by the names it has for them.
_RESOURCES = {"events": "events", "leader": "leader", "config": "config", "systemconfig": "config"}


class Reading(NamedTuple):
    """What was in a log: how many lines, how many of a known form, and the denials with their number."""

    read: int
    understood: int
    denials: Counter[tuple[str, str, str, str]]


def read(log: Any) -> Reading:
    """Read an audit log: text, a list of texts or lines, or objects of JSON.

    Raises InputError if it is none of these, or if it has lines and not one is of a known form: that nothing was found
    would then be believed.
    """
    lines = understood = 0
    found: Counter[tuple[str, str, str, str]] = Counter()
    for message in _log_messages.messages(log):
        lines += 1
        understood += message.known
        denial = _denial(message)
        if denial:
            found[denial] += 1
    if lines and not understood:
        raise InputError(f"Not one of {lines} lines has a form that is understood. Those are {_log_messages.FORMS}.")
    return Reading(lines, understood, found)


def denials(log: Any, uid: str | None = None) -> list[dict[str, Any]]:
    """Return the denied permissions in an audit log as sorted [{uid, rid, action, source, count}].

    ``uid`` limits the result to one user. ``source`` is the component that denied (``adminrouter``, ``mesos-master``,
    …), ``count`` the number of lines. Requests without a valid token, and logins that failed, are left out. Raises
    InputError as read() does.
    """
    return [
        {"uid": who, "rid": rid, "action": action, "source": source, "count": count}
        for (who, rid, action, source), count in sorted(read(log).denials.items())
        if uid is None or who == uid
    ]


def missing_permissions(log: Any, uid: str | None = None) -> list[dict[str, Any]]:
    """Return the denied permissions in an audit log as sorted [{rid, actions}], ready to be granted."""
    return group_by_rid((denial["rid"], denial["action"]) for denial in denials(log, uid))


def counts(log: Any, uid: str | None = None) -> dict[str, int]:
    """Return how many lines were ``read``, ``understood``, and found ``denied``: to ``uid``, if there is one."""
    reading = read(log)
    denied = sum(count for (who, *_rest), count in reading.denials.items() if uid is None or who == uid)
    return {"read": reading.read, "understood": reading.understood, "denied": denied}


def _denial(message: _log_messages.Message) -> tuple[str, str, str, str] | None:
    """Return (uid, rid, action, source) if it is a denial that a permission would have prevented."""
    if message.fields:
        fields = {name: str(value) for name, value in message.fields.items()}
    elif "deny" in message.text and "audit" in message.text:
        fields = _fields(message.text)
    else:  # nearly every line, at the price of two searches
        return None
    if (
        fields.get("type") != "audit"
        or fields.get("result") != "deny"
        or _UNAUTHENTICATED.search(fields.get("reason", ""))
    ):
        return None
    source = fields.get("authorizer", "")
    permission = _PERMISSIONS.get(source, _from_object)(fields)
    if not permission:
        return None
    uid, (rid, action) = fields.get("uid", ""), permission
    try:
        check_uid(uid)
        check_rid(rid)
    except InputError:
        return None  # nobody, or nothing, that a permission could be granted on
    return uid, rid, action, source


def _fields(line: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for match in _FIELD.finditer(line):
        if match["key"]:
            # Admin Router's last field is followed by nginx' own words, after a comma.
            value = match["quoted"] if match["bare"] is None else match["bare"].rstrip(",")
            fields.setdefault(match["key"], value)
    return fields


def _from_object(fields: dict[str, str]) -> tuple[str, str] | None:
    """Admin Router, the IAM, secrets, Mesos: ``object`` is the rid and ``action`` the action."""
    rid, action = fields.get("object", ""), fields.get("action", "").lower()
    action = _METHODS.get(action, action)
    return (rid, action) if rid.startswith("dcos:") and action in ACTIONS else None


def _from_mesos(fields: dict[str, str]) -> tuple[str, str] | None:
    """Mesos names an HTTP endpoint by its path; on agents it stands below the id of the agent's process."""
    path = re.sub(r"^/slave\(\d+\)(?=/)", "", fields.get("object", ""))
    if not path.startswith("/"):
        return _from_object(fields)
    node = "agent" if fields["authorizer"] == "mesos-agent" else "master"
    return f"dcos:mesos:{node}:endpoint:path:{path}", "read"


def _from_marathon(fields: dict[str, str]) -> tuple[str, str] | None:
    verb = _VERBS.fullmatch(fields.get("action", ""))
    if not verb:
        return None
    action, kind = _VERB_ACTIONS[verb["verb"].lower()], verb["kind"].lower()
    path = fields.get("path") or fields.get("object", "")
    if kind == "resource":
        resource = _RESOURCES.get(path.strip("/").lower())
        return (f"dcos:service:marathon:marathon:admin:{resource}", action) if resource else None
    if kind == "group" and action == "update":
        action = "full"  # POST /v2/groups creates, changes and deletes services at once
    return f"dcos:service:marathon:marathon:services:/{path.lstrip('/')}", action


def _from_metronome(fields: dict[str, str]) -> tuple[str, str] | None:
    """Metronome logs like Marathon, and its rids have dots where the paths have slashes."""
    verb = _VERBS.fullmatch(fields.get("action", ""))
    job = (fields.get("path") or fields.get("object", "")).strip("/").replace("/", ".")
    if not verb:
        return None
    rid = "dcos:service:metronome:metronome:jobs"
    return f"{rid}:{job}" if job else rid, _VERB_ACTIONS[verb["verb"].lower()]


# By ``authorizer``; any other one is read by its ``object``.
_PERMISSIONS = {
    "marathon": _from_marathon,
    "mesos-agent": _from_mesos,
    "mesos-master": _from_mesos,
    "metronome": _from_metronome,
}
