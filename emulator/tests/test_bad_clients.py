# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients that are slow, many, or send too much: the emulator goes on answering the others."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import resource
import socket
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn
from emulator_process import Running

from dcos_emulator.emulator import MAX_BODY
from dcos_emulator.protocol import MAX_HEAD, Protocol

USERS = "/acs/api/v1/users"
LOGIN = "/acs/api/v1/auth/login"
MANY = 900
BEGUN = b"PUT /acs/api/v1/users/slow HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture(autouse=True)
def enough_files() -> None:
    """This process holds the other end of each connection."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4096)), hard))


@contextlib.contextmanager
def connections(emulator: Running, number: int, *starts: bytes) -> Iterator[list[socket.socket]]:
    """Connections that have sent one of the given starts of a request each, by turns."""
    target = urlsplit(emulator.url)
    with contextlib.ExitStack() as stack:
        found = []
        for index in range(number):
            connection = stack.enter_context(socket.create_connection((target.hostname, target.port)))
            with contextlib.suppress(ConnectionError):  # it has been given up already
                connection.sendall(starts[index % len(starts)])
            found.append(connection)
        yield found


def memory(emulator: Running) -> int:
    """The most memory that the emulator ever had, in bytes."""
    [line] = [line for line in Path(f"/proc/{emulator.process.pid}/status").read_text().splitlines() if "VmHWM" in line]
    return int(line.split()[1]) * 1024


STARTS = (
    b"",
    b"P",
    BEGUN,
    BEGUN + b"Content-Length: 1000\r\n\r\n{",
    BEGUN + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{",
)


@pytest.mark.parametrize("options", [("--no-tls",), ()], ids=["http", "https"])
def test_many_that_never_end_their_request(start_emulator: Callable[..., Running], options: tuple[str, ...]) -> None:
    emulator = start_emulator("--port", "0", *options)
    starts = STARTS if options else (b"", b"\x16\x03\x01")
    with connections(emulator, MANY, *starts):
        token = emulator.token()
        assert emulator.call("GET", USERS, token=token).status == 200
        assert emulator.iam("PUT", "users/quick", {"password": "geheim"}).status == 201
        assert emulator.send("GET", "/_emulator/journal").status == 200
    assert emulator.call("GET", USERS, token=token).status == 200
    assert emulator.stop() == 0


def test_more_than_there_is_room_for(start_emulator: Callable[..., Running], monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that wait the longest make room, and not those that are under way."""
    popen = subprocess.Popen

    def confine() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))

    monkeypatch.setattr(subprocess, "Popen", lambda *args, **more: popen(*args, **more, preexec_fn=confine))
    emulator = start_emulator("--port", "0", "--no-tls")
    monkeypatch.undo()
    emulator.send_json("POST", "/_emulator/faults", {"path": "delayed", "action": "delay", "delay_ms": 3_600_000})
    with emulator.connect() as under_way:
        under_way.sendall(b"GET /delayed HTTP/1.1\r\nHost: localhost\r\n\r\n")
        while not emulator.send("GET", "/_emulator/journal").json()["entries"]:
            pass
        with connections(emulator, MANY, b"", BEGUN) as waiting:
            assert emulator.iam("GET", "users").status == 200
            with contextlib.suppress(ConnectionError):
                assert waiting[0].recv(1) == b""  # it was the first to go
            under_way.setblocking(False)
            with pytest.raises(BlockingIOError):
                under_way.recv(1)
    assert emulator.stop() == 0


async def served(
    answer: Callable[[Any, Any, Any], Awaitable[None]],
    talk: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any],
) -> Any:
    """What ``talk`` returns of a connection to a server with our protocol."""
    server = uvicorn.Server(uvicorn.Config(answer, http=Protocol, ws="none", lifespan="off", log_config=None, port=0))
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    await server.startup()
    port = server.servers[0].sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        return await talk(reader, writer)
    finally:
        writer.close()
        await server.shutdown()


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answer with the body, once it is there."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    length = str(len(body)).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
    await send({"type": "http.response.body", "body": body})


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("earlier", [0, 1], ids=["first", "second"])
def test_a_request_that_does_not_go_on_is_given_up(monkeypatch: pytest.MonkeyPatch, start: bytes, earlier: int) -> None:
    """Ends only when the server has closed the connection, which is all that is waited for."""
    monkeypatch.setattr(Protocol, "patience", 0.05)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        for _round in range(earlier):
            writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            await reader.readuntil(b"\r\n\r\n")
        # Between requests a connection may rest for as long as uvicorn's keep-alive says.
        writer.write(start or (b"G" if earlier else b""))
        with contextlib.suppress(ConnectionError):
            return await reader.read()
        return b""

    assert asyncio.run(served(echo, talk)) == b""


def test_a_head_may_not_come_by_drops(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte renews nothing: the head as a whole has its time."""
    monkeypatch.setattr(Protocol, "patience", 0.05)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        writer.write(b"GET / HTTP/1.1\r\n")
        while not reader.at_eof():
            writer.write(b"a: b\r\n")
            with contextlib.suppress(asyncio.TimeoutError, ConnectionError):
                await asyncio.wait_for(reader.read(1), 0.005)
        return True

    assert asyncio.run(served(echo, talk))


def test_a_body_may_come_by_drops(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the pause that is too long, and not the body: here each drop resets a timer that cannot come to its end."""
    timers = []
    wait = Protocol._wait
    monkeypatch.setattr(Protocol, "_wait", lambda self: (wait(self), timers.append(self._timer)))
    arrived = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> list[bool]:
        writer.write(b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n")
        for drop in (b"1", b"2", b"3"):
            writer.write(drop)
            while not arrived.is_set():
                await asyncio.sleep(0)
            arrived.clear()
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
        return [timer.cancelled() for timer in timers]

    receive = Protocol.data_received
    monkeypatch.setattr(Protocol, "data_received", lambda self, data: (receive(self, data), arrived.set()))
    cancelled = asyncio.run(served(echo, talk))
    assert len(cancelled) >= 3
    assert all(cancelled)


def test_a_head_without_end(fresh: Running) -> None:
    with fresh.connect() as connection:
        connection.sendall(BEGUN)
        answer = b""
        with contextlib.suppress(ConnectionError):
            for _round in range(2 * MAX_HEAD // 1024):
                connection.sendall(b"X-More: " + b"x" * 1014 + b"\r\n")
            answer = connection.recv(100)
        assert answer[:12] in (b"", b"HTTP/1.1 400")
    assert fresh.iam("GET", "users").status == 200


# --- bodies ----------------------------------------------------------------------------------------------------------

PIECE = b"x" * 1024 * 1024


@pytest.mark.parametrize(
    ("target", "status", "authorised"),
    [
        (f"{USERS}/x", 401, False),
        ("/nowhere", 404, False),
        ("/../x", 400, False),
        (f"{USERS}/x", 413, True),
        ("/secrets/v1/secret/default/x", 413, True),
        (LOGIN, 413, False),
    ],
)
def test_a_body_is_not_kept_before_it_is_known_to_be_allowed(
    start_emulator: Callable[..., Running], target: str, status: int, authorised: bool
) -> None:
    emulator = start_emulator("--port", "0", "--no-tls")
    headers = {"Authorization": f"token={emulator.token()}"} if authorised else {}
    before = memory(emulator)
    with emulator.connect() as connection:  # the head alone is enough for the answer
        lines = [f"PUT {target} HTTP/1.1", "Host: localhost", "Content-Length: 400000000"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        assert connection.recv(12) == f"HTTP/1.1 {status}".encode()
        with contextlib.suppress(ConnectionError):
            for _round in range(100):
                connection.sendall(PIECE)
    assert emulator.iam("GET", "users").status == 200
    assert memory(emulator) - before < 32 * len(PIECE)
    emulator.stop()


def test_a_body_whose_length_is_not_told(fresh: Running) -> None:
    """It is refused as soon as it has become too long, in the middle of it."""
    with fresh.connect() as connection:
        connection.sendall(f"POST {LOGIN} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        for _round in range(MAX_BODY // len(PIECE)):
            connection.sendall(b"100000\r\n" + PIECE + b"\r\n")
        connection.sendall(b"1\r\nx\r\n")
        assert connection.recv(12) == b"HTTP/1.1 413"


def test_who_asks_first_sends_nothing(fresh: Running) -> None:
    """Expect: 100-continue: a request that is refused is refused before its body is called for."""
    for token, expected in ((None, b"HTTP/1.1 401"), (fresh.token(), b"HTTP/1.1 100")):
        lines = [f"PUT {USERS}/asks HTTP/1.1", "Host: localhost", "Content-Length: 2", "Expect: 100-continue"]
        lines += [f"Authorization: token={token}"] if token else []
        with fresh.connect() as connection:
            connection.sendall("\r\n".join([*lines, "", ""]).encode())
            assert connection.recv(12) == expected


@pytest.mark.parametrize("action", ["reset", "truncate", "status", "garbage"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_faults_meet_requests_with_a_body_of_any_length(fresh: Running, action: str, when: str) -> None:
    data = {"password": "geheim", "description": "d" * 300_000}
    fresh.token()
    fresh.send_json("POST", "/_emulator/faults", {"method": "PUT", "action": action, "when": when})
    with contextlib.suppress(http.client.HTTPException, ConnectionError):
        fresh.iam("PUT", "users/long", data)
    done = action == "truncate" or when == "after"
    assert fresh.iam("GET", "users/long").status == (200 if done else 400)
    assert fresh.send("GET", "/_emulator/journal").json()["entries"][1]["fault"] == action


def test_a_connection_is_kept_past_a_body_that_nobody_read(fresh: Running) -> None:
    host, port = fresh.url.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port))
    for headers, status in (({}, 401), ({"Authorization": f"token={fresh.token()}"}, 201)):
        connection.request("PUT", f"{USERS}/kept", json.dumps({"password": "x" * 100_000}), {**headers, **JSON})
        answer = connection.getresponse()
        assert (answer.status, bool(answer.read()) or True) == (status, True)
    connection.close()


JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("deep", [b"[" * 200_000, b'{"a":' * 200_000, b"[" * 200_000 + b"]" * 200_000])
def test_deep_json(cluster: Running, deep: bytes) -> None:
    for method, target in (
        ("PUT", f"{USERS}/deep"), ("POST", LOGIN), ("PUT", "/secrets/v1/secret/default/deep"),
        ("POST", "/ca/api/v2/sign"), ("PUT", "/_emulator/state"), ("PATCH", "/_emulator/settings"),
        ("POST", "/_emulator/faults"),
    ):  # fmt: skip
        assert cluster.call(method, target, body=deep, headers=JSON).status == 400, target
    assert cluster.call("GET", USERS).status == 200
