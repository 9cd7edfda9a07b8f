# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``--state``: what a client was told survives a kill -9 between any two requests."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from emulator_process import Running, start
from observed_keys import SPKI

OPTIONS = ("--port", "0", "--no-tls")


def state_of(emulator: Running) -> list:
    """The records, without the superuser's, whose password is hashed afresh at each start."""
    records = emulator.send("GET", "/_emulator/state").json()["records"]
    return [record for record in records if record[:2] != ["user", ["bootstrapuser"]]]


WRITES = [
    ("PUT", "/acs/api/v1/users/svc", {"public_key": SPKI, "description": "ü"}),
    ("PUT", "/acs/api/v1/users/alice", {"password": "geheim"}),
    ("PATCH", "/acs/api/v1/users/alice", {"description": "changed", "password": "changed"}),
    ("PUT", "/acs/api/v1/groups/g", {"description": ""}),
    ("PUT", "/acs/api/v1/groups/g/users/svc", None),
    ("PUT", "/acs/api/v1/groups/superusers/users/alice", None),
    ("PUT", "/acs/api/v1/acls/dcos:a:%252Fb", {"description": "d"}),
    ("PUT", "/acs/api/v1/acls/dcos:a:%252Fb/users/svc/read", None),
    ("PUT", "/acs/api/v1/acls/dcos:a:%252Fb/users/svc/create", None),
    ("PUT", "/acs/api/v1/acls/dcos:a:%252Fb/groups/g/full", None),
    ("DELETE", "/acs/api/v1/acls/dcos:a:%252Fb/users/svc/read", None),
    ("PATCH", "/acs/api/v1/acls/dcos:a:%252Fb", {"description": "e"}),
    ("PUT", "/secrets/v1/secret/default/a/b", {"value": "v", "labels": ["x"]}),
    ("PATCH", "/secrets/v1/secret/default/a/b", {"value": "w"}),
    ("PUT", "/secrets/v1/secret/default/a", {"value": "v"}),
    ("DELETE", "/secrets/v1/secret/default/a", None),
    ("PUT", "/secrets/v1/seal/default", None),
    ("PUT", "/secrets/v1/auto-unseal/default", None),
    ("DELETE", "/acs/api/v1/users/svc", None),
    ("DELETE", "/acs/api/v1/groups/g", None),
    ("DELETE", "/acs/api/v1/acls/dcos:a:%252Fb", None),
]


def test_every_write_survives_a_kill(tmp_path: Path) -> None:
    state = ("--state", str(tmp_path / "state"))
    emulator = start(*OPTIONS, *state)
    token = emulator.token()
    try:
        for number, (method, path, data) in enumerate(WRITES):
            assert emulator.call(method, path, data, token=token).status in (200, 201, 204), path
            expected = state_of(emulator)
            if number % 3 == 2 or number == len(WRITES) - 1:
                emulator.kill()
                emulator = start(*OPTIONS, *state)
            assert state_of(emulator) == expected
        # A token from before the first kill is still good: the signing key survived.
        assert emulator.call("GET", "/acs/api/v1/users", token=token).status == 200
        assert emulator.login("alice", password="changed")
    finally:
        emulator.stop()


@pytest.mark.parametrize("seed", range(3))
def test_killed_under_load(tmp_path: Path, seed: int) -> None:
    """Killed by itself amid requests: every write that was answered is there, at most one unanswered one more."""
    state = ("--state", str(tmp_path / "state"))
    emulator = start(*OPTIONS, *state)
    token = emulator.token()
    chosen = random.Random(seed)
    rule = {"action": "kill", "when": chosen.choice(["before", "after"]), "nth": chosen.randint(2, 60)}
    emulator.send_json("POST", "/_emulator/faults", rule)
    answered = []
    for number in range(100):
        try:
            answer = emulator.call(
                "PUT", f"/secrets/v1/secret/default/s{number:03}", {"value": str(number)}, token=token
            )
        except Exception:  # the connection ended in one of several ways, all of them expected
            break
        assert answer.status == 201
        answered.append(f"s{number:03}")
    assert emulator.process.wait() == -9
    emulator = start(*OPTIONS, *state)
    try:
        found = emulator.call("GET", "/secrets/v1/secret/default/?list=true", token=token).json()["array"]
        assert found == answered + ([f"s{len(answered):03}"] if rule["when"] == "after" else [])
    finally:
        emulator.stop()


def test_the_superuser_of_the_command_line_can_always_log_in(tmp_path: Path) -> None:
    state = ("--state", str(tmp_path / "state"))
    for superuser, password in (("root", "first"), ("root", "second"), ("other", "third")):
        emulator = start(*OPTIONS, *state, "--superuser", superuser, "--password", password)
        assert emulator.iam("GET", "users").status == 200
        members = emulator.iam("GET", "groups/superusers/users").json()["array"]
        assert emulator.stop() == 0
    assert [member["user"]["uid"] for member in members] == ["root", "other"]


def test_the_ca_survives(tmp_path: Path) -> None:
    state = ("--state", str(tmp_path / "state"))
    bundles = []
    for _round in range(2):
        emulator = start("--port", "0", *state)
        bundles.append(emulator.send("GET", "/ca/dcos-ca.crt").body)
        emulator.stop()
    assert bundles[0] == bundles[1]


def test_two_processes_cannot_share_a_state(tmp_path: Path) -> None:
    state = ("--state", str(tmp_path / "state"))
    emulator = start(*OPTIONS, *state)
    try:
        with pytest.raises(AssertionError, match="status 1"):
            start(*OPTIONS, *state)
        assert emulator.iam("GET", "users").status == 200
    finally:
        emulator.stop()


def test_a_file_that_is_no_state(tmp_path: Path) -> None:
    path = tmp_path / "state"
    path.write_text(json.dumps({"users": []}) * 1000)
    with pytest.raises(AssertionError, match="status 1"):
        start(*OPTIONS, "--state", str(path))
    assert path.read_text() == json.dumps({"users": []}) * 1000
