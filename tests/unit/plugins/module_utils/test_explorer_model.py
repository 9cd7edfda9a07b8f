# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The explorer's cluster in memory answers as dcos-emulator does: the same random requests, the same answers."""

from __future__ import annotations

import random
from typing import Any

import pytest

from ansible_collections.dcos.security.plugins.module_utils import _keys
from ansible_collections.dcos.security.tests.unit.plugins.explorer.model import Model

IAM = "/acs/api/v1"
UIDS, GIDS, RIDS, ACTIONS = ("kafka", "spark"), ("brokers", "readers"), ("dcos:a", "dcos:b%252Fc"), ("full", "read")
SECRET = "/secrets/v1/secret/default/kafka/account"


@pytest.fixture
def public(pems):
    """Return public keys, which take long to make."""
    return [_keys.public_key_of(pem) for pem in pems]


def a_request(chance: random.Random, public: list[str]) -> tuple[str, str, Any]:
    """Return a request as the collection sends them: method, path with its query, body."""
    uid, gid, rid, action = map(chance.choice, (UIDS, GIDS, RIDS, ACTIONS))
    text = {"description": chance.choice(("", "One", "Another"))}
    user, group, acl = f"{IAM}/users/{uid}", f"{IAM}/groups/{gid}", f"{IAM}/acls/{rid}"
    return chance.choice(
        [
            ("PUT", user, {**text, "public_key": chance.choice(public)}),
            ("PATCH", user, text),
            ("DELETE", user, None),
            *[("GET", f"{user}{tail}", None) for tail in ("", "/groups", "/permissions")],
            ("PUT", group, text),
            ("PATCH", group, text),
            ("DELETE", group, None),
            ("GET", group, None),
            ("GET", f"{group}/users?type=service", None),
            *[(method, f"{group}/users/{uid}", None) for method in ("PUT", "PUT", "DELETE")],
            ("PUT", acl, text),
            ("GET", acl, None),
            *[(method, f"{acl}/users/{uid}/{action}", None) for method in ("PUT", "PUT", "PUT", "DELETE")],
            *[(method, SECRET, {"value": chance.choice("xy")}) for method in ("PUT", "PATCH")],
            *[(method, SECRET, None) for method in ("GET", "DELETE")],
        ]
    )


# What the collection reads of an answer; of the lists of groups and members only the names.
READ = ("uid", "gid", "rid", "public_key", "direct", "value", "is_service", "actions", "name")


def compared(answer: Any, names: tuple[str, ...]) -> Any:
    """Return the named members of an answer's JSON, and lists in one order."""
    if isinstance(answer, dict):
        members = {name: compared(answer[name], names) for name in names if name in answer}
        return sorted(members.items(), key=repr)
    return sorted((compared(item, names) for item in answer), key=repr) if isinstance(answer, list) else answer


@pytest.mark.parametrize("seed", range(4))
def test_the_same_requests_get_the_same_answers(cluster, public, seed):
    chance, model = random.Random(seed), Model()
    for _number in range(150):
        method, path, body = a_request(chance, public)
        theirs = cluster.request(method, path, body)
        place, _mark, query = path.partition("?")
        status, answer = model.handle(method, place, dict([query.split("=")]) if query else {}, body)
        assert status == theirs.status_code, (method, path, theirs.text)
        if status < 300:
            listed = place.endswith(("/groups", "/users"))
            names = ("array", "group", "user", "gid", "uid") if listed else (*READ, "description")
            found = theirs.json() if theirs.content else None
            assert compared(answer, names) == compared(found, names), (method, path)
        elif path.startswith(IAM):
            assert answer["code"] == theirs.json()["code"], (method, path)
