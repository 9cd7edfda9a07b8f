# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``--state`` on a full disk, with damaged records, and where others may read it."""

from __future__ import annotations

import contextlib
import json
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from emulator_process import Running, start
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from observed_keys import SPKI

from dcos_emulator.emulator import Emulator
from dcos_emulator.records import DamagedRecord, Secret, User
from dcos_emulator.settings import Settings
from dcos_emulator.store import Store

OPTIONS = ("--port", "0", "--no-tls")
SECRETS = "/secrets/v1/secret/default"

LISTINGS = (
    "/acs/api/v1/users",
    "/acs/api/v1/groups",
    "/acs/api/v1/groups/g",
    "/acs/api/v1/groups/g/users",
    "/acs/api/v1/acls",
    "/acs/api/v1/acls/dcos:a/permissions",
    "/acs/api/v1/users/svc/permissions",
    f"{SECRETS}/?list=true",
    f"{SECRETS}/a",
    f"{SECRETS}/b",
    "/_emulator/state",
)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state file with a record of each kind."""
    path = tmp_path_factory.mktemp("state") / "state"
    emulator = start(*OPTIONS, "--state", str(path))
    for target, data in (
        ("/acs/api/v1/users/svc", {"public_key": SPKI}),
        ("/acs/api/v1/groups/g", {"description": "d"}),
        ("/acs/api/v1/groups/g/users/svc", None),
        ("/acs/api/v1/acls/dcos:a", {"description": "d"}),
        ("/acs/api/v1/acls/dcos:a/users/svc/read", None),
        (f"{SECRETS}/a", {"value": "v", "labels": ["x"]}),
    ):
        assert emulator.call("PUT", target, data).status in (201, 204)
    binary = {"Content-Type": "application/octet-stream"}
    assert emulator.call("PUT", f"{SECRETS}/b", headers=binary, body=b"\0").status == 201
    emulator.stop()
    return path


def rows(path: Path) -> list[tuple[str, str, str]]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT kind, key, value FROM record").fetchall()


def change(path: Path, statement: str, *values: object) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:  # pylint: disable=confusing-with-statement
        connection.execute(statement, values)


def start_with(path: Path) -> subprocess.CompletedProcess[str]:
    """Start an emulator that cannot start."""
    command = [sys.executable, "-m", "dcos_emulator", *OPTIONS, "--state", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


# --- a full disk -----------------------------------------------------------------------------------------------------


@pytest.fixture
def crowded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An emulator whose files may not grow beyond 256 KiB, which to SQLite is a disk that is full."""
    limit = 256 * 1024

    def confine() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    popen = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda *args, **more: popen(*args, **more, preexec_fn=confine))
    emulator = start(*OPTIONS, "--state", str(tmp_path / "state"))
    monkeypatch.undo()
    yield emulator
    emulator.stop()


def test_what_a_full_disk_refused_was_never_there(crowded: Running, tmp_path: Path) -> None:
    token = crowded.token()
    for number in range(1000):
        answer = crowded.call("PUT", f"{SECRETS}/s{number:03}", {"value": "x" * 20_000}, token=token)
        if answer.status != 201:
            break
    assert (answer.status, number > 0) == (500, True)
    assert str(tmp_path / "state") in answer.body.decode()
    kept = [f"s{index:03}" for index in range(number)]
    assert crowded.call("GET", f"{SECRETS}/s{number:03}").status == 404
    assert crowded.call("PATCH", f"{SECRETS}/s000", {"value": "y" * 60_000}).status == 500
    assert crowded.call("GET", f"{SECRETS}/s000").json()["value"] == "x" * 20_000
    assert crowded.call("GET", f"{SECRETS}/?list=true").json()["array"] == kept
    before = crowded.send("GET", "/_emulator/state").json()
    crowded.kill()
    again = start(*OPTIONS, "--state", str(tmp_path / "state"))
    try:
        after = again.send("GET", "/_emulator/state").json()
        without_hash = [
            [record for record in state["records"] if record[:2] != ["user", ["bootstrapuser"]]]
            for state in (before, after)
        ]
        assert without_hash[0] == without_hash[1]
    finally:
        again.stop()


def test_a_disk_that_is_full_from_the_start(tmp_path: Path) -> None:
    def confine() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    result = subprocess.run(
        [sys.executable, "-m", "dcos_emulator", *OPTIONS, "--state", str(tmp_path / "state")],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=confine,
    )
    assert (result.returncode, result.stdout, len(result.stderr.splitlines())) == (1, "", 1)
    assert str(tmp_path / "state") in result.stderr


STEPS: list[Callable[[Store], None]] = [
    lambda store: store.put_user(User("u1", password_hash="h")),
    lambda store: store.put_user(User("svc", public_key="changed")),
    lambda store: store.delete_user("svc"),
    lambda store: store.delete_group("g"),
    lambda store: store.delete_acl("dcos:a"),
    lambda store: store.set_actions("dcos:a", ("groups", "g"), {"full": None, "read": None}),
    lambda store: store.put_secret("default", "a", Secret("other")),
    lambda store: store.delete_secret("default", "a"),
    lambda store: store.delete_backend("default"),
    lambda store: store.set_meta("cluster_id", "other"),
    lambda store: store.load([]),
]


@given(steps=st.lists(st.sampled_from(STEPS), max_size=5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, database=None)
def test_a_transaction_that_ends_in_an_exception_leaves_nothing(saved: Path, steps: list[Any]) -> None:
    """Whatever was done in it, in whatever order: memory and database are as before, order included."""
    store = Store()
    with store.transaction():
        store.load([(kind, tuple(json.loads(key)), json.loads(value)) for kind, key, value in rows(saved)])
    before, paths = list(store.records()), list(store.paths_below("default", ""))
    with pytest.raises(ZeroDivisionError), store.transaction():
        for step in steps:
            try:
                step(store)
            except KeyError:  # an earlier step has deleted what this one needs, or half of it
                break
        raise ZeroDivisionError
    assert list(store.records()) == before == list(Store(store.database).records())
    assert list(store.paths_below("default", "")) == paths


# --- damaged records -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "values", "named"),
    [
        ("UPDATE record SET value = substr(value, 1, 20) WHERE kind = 'user'", (), "user"),
        ("UPDATE record SET value = 'x' WHERE kind = 'secret'", (), "secret"),
        ("UPDATE record SET value = NULL WHERE kind = 'group'", (), "group"),
        ("UPDATE record SET value = ? WHERE kind = 'group'", ('{"gid": "g", "description": 5}',), "group"),
        ("UPDATE record SET value = ? WHERE kind = 'group'", ('{"gid": "other", "description": ""}',), "group"),
        ("UPDATE record SET value = ? WHERE kind = 'grant'", ('"full"',), "grant"),
        ("UPDATE record SET value = ? WHERE kind = 'user'", ("[" * 100_000,), "user"),
        ("UPDATE record SET value = '{}' WHERE kind = 'meta' AND key = ?", ('["ca_root"]',), "ca_root"),
        ("UPDATE record SET value = '\"\"' WHERE kind = 'meta' AND key = ?", ('["token_key"]',), "token_key"),
        ("DELETE FROM record WHERE kind = 'meta' AND key = ?", ('["token_key"]',), "token_key"),
        ("DELETE FROM record WHERE kind = 'meta'", (), "meta"),
        ("DELETE FROM record WHERE kind = 'user'", (), "users bootstrapuser"),
        ("DELETE FROM record WHERE kind = 'acl'", (), "acl"),
        ("DELETE FROM record WHERE kind = 'backend'", (), "backend default"),
        ("UPDATE record SET kind = 'planet' WHERE kind = 'user'", (), "planet"),
        ("UPDATE record SET key = 'svc' WHERE kind = 'member' AND key LIKE '%svc%'", (), "member"),
        ("UPDATE record SET key = '[1, 2]' WHERE kind = 'member' AND key LIKE '%svc%'", (), "member"),
        ("ALTER TABLE record RENAME COLUMN value TO content", (), "no such column"),
    ],
)
def test_a_damaged_record_is_one_clear_line(
    saved: Path, tmp_path: Path, statement: str, values: tuple[str, ...], named: str
) -> None:
    path = Path(shutil.copy(saved, tmp_path / "state"))
    change(path, statement, *values)
    before = rows(path) if "ALTER" not in statement else None
    result = start_with(path)
    assert (result.returncode, result.stdout) == (1, ""), result.stderr
    [line] = result.stderr.splitlines()
    assert line.startswith(f"dcos-emulator: --state {path}: ")
    assert named in line
    if before is not None:
        assert rows(path) == before


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.fixture(scope="module")
def receiver(start_emulator: Callable[..., Running]) -> Running:
    """An emulator that other states are put into."""
    return start_emulator(*OPTIONS)


@given(data=st.data())
@settings(suppress_health_check=list(HealthCheck), deadline=None, database=None, max_examples=40)
def test_whatever_is_in_a_record(saved: Path, tmp_path: Path, receiver: Running, data: st.DataObject) -> None:
    """A state in which one value was replaced is refused with a sentence, or everything in it can be read."""
    path = Path(shutil.copy(saved, tmp_path / "state"))
    kind, key, text = data.draw(st.sampled_from(rows(path)))
    value = json.loads(text)
    if isinstance(value, dict) and data.draw(st.booleans()):
        member = data.draw(st.sampled_from(sorted(value)))
        value = {**value, member: data.draw(JSON)} if data.draw(st.booleans()) else {**value, "more": 1}
    else:
        value = data.draw(JSON)
    change(path, "UPDATE record SET value = ? WHERE kind = ? AND key = ?", json.dumps(value), kind, key)
    try:
        emulator = Emulator(Settings(state=path))
    except DamagedRecord as error:
        assert kind in str(error) or "damaged" in str(error)
        return
    records = json.loads(json.dumps({"records": list(emulator.store.records())}))
    emulator.store.database.close()
    # What it accepts can be read through every door of a running one.
    assert receiver.send_json("PUT", "/_emulator/state", records).status == 204
    token = receiver.login("bootstrapuser", password="deleteme")
    for target in LISTINGS:
        assert receiver.call("GET", target, token=token).status < 500, target


# --- who may read it -------------------------------------------------------------------------------------------------


def test_a_file_that_others_may_read_is_made_private(saved: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(saved, tmp_path / "state"))
    (tmp_path / "state-wal").touch()
    for file in tmp_path.iterdir():
        file.chmod(0o644)
    emulator = start(*OPTIONS, "--state", str(path))
    assert {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {
        "state": 0o600,
        "state-wal": 0o600,
    }
    emulator.stop()


def test_a_file_of_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(self: Path, mode: int) -> None:
        raise PermissionError(1, "Operation not permitted", str(self))

    path = tmp_path / "state"
    path.touch(mode=0o644)
    monkeypatch.setattr(Path, "chmod", forbidden)
    with pytest.raises(PermissionError, match="others may read the private keys"):
        Emulator(Settings(state=path))
