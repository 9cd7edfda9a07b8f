# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may use the test controls: no page of another site, by whatever name it got here."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Callable

import pytest
from emulator_process import Running
from hypothesis import given
from hypothesis import strategies as st

from dcos_emulator.guard import Guard
from dcos_emulator.settings import Settings

STATE = "/_emulator/state"
JSON = {"Content-Type": "application/json"}


def port_of(emulator: Running) -> str:
    return emulator.url.rpartition(":")[2]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LocalHost", "127.0.0.1:{port}", "localhost:{port}"])
def test_by_its_own_name(cluster: Running, host: str) -> None:
    assert cluster.send("GET", STATE, {"Host": host.format(port=port_of(cluster))}).status == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{port}", "127.0.0.1.evil.example", "127.0.0.2", "localhost.evil.example", "", "::1",
     "[::1]", "localhost@evil.example", "evil.example#localhost", "2130706433", "0x7f.1", "localhost:1:2",
     "master.mesos", "127.0.0.1\\@evil.example", "0.0.0.0"],
)  # fmt: skip
def test_by_another_name(cluster: Running, host: str) -> None:
    """After DNS rebinding the browser believes that it still talks to the page's own site, and says so."""
    for method, target, body in (("GET", STATE, None), ("PUT", STATE, b"{}"), ("DELETE", "/_emulator/journal", None)):
        answer = cluster.send(method, target, {"Host": host.format(port=port_of(cluster)), **JSON}, body)
        assert answer.status == 403
        assert "--control-host" in answer.json()["error"]
    assert cluster.call("GET", "/acs/api/v1/users", headers={"Host": "evil.example"}).status == 200  # a cluster's API


def test_without_a_name_or_with_two(cluster: Running) -> None:
    assert cluster.send("GET", STATE, {"Host": None}).status in (400, 403)
    assert cluster.send("GET", STATE, {"host": "evil.example"}).status == 403  # beside Host: localhost


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "https://localhost:1", "http://localhost:{port}", "https://localhost", ""],
)
def test_pages_of_other_sites(cluster: Running, origin: str) -> None:
    headers = {"Host": f"localhost:{port_of(cluster)}", "Origin": origin.format(port=port_of(cluster)), **JSON}
    for method, body in (("GET", None), ("PUT", b"{}"), ("DELETE", None)):
        assert cluster.send(method, STATE if body else "/_emulator/faults", headers, body).status == 403


def test_its_own_page(cluster: Running) -> None:
    host = f"localhost:{port_of(cluster)}"
    own = {"Host": host, "Origin": f"https://{host}", "Sec-Fetch-Site": "same-origin"}
    assert cluster.send("GET", STATE, own).status == 200
    assert cluster.send("GET", STATE, {"Sec-Fetch-Site": "none"}).status == 200
    for site in ("cross-site", "same-site"):
        assert cluster.send("GET", STATE, {"Sec-Fetch-Site": site}).status == 403


@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/plain;json"]
)
def test_what_a_form_can_send(cluster: Running, content_type: str | None) -> None:
    answer = cluster.send("POST", "/_emulator/faults", {"Content-Type": content_type}, b'{"path": "never"}')
    assert answer.status == 415
    assert "Content-Type: application/json" in answer.json()["error"]
    assert cluster.send("GET", "/_emulator/faults").json() == {"rules": []}


def test_json_with_a_charset(cluster: Running) -> None:
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}
    assert cluster.send("PUT", "/_emulator/clock", headers, b'{"offset": 0}').status == 200


def test_names_for_other_machines(start_emulator: Callable[..., Running]) -> None:
    options = ("--port", "0", "--no-tls", "--host", "0.0.0.0", "--allow-remote-controls")
    names = ("--control-host", "dcos.test", "--control-host", "Emulator")
    emulator = start_emulator(*options, *names)
    for host in ("dcos.test", "emulator:8443", "127.0.0.1", "localhost"):
        assert emulator.send("GET", STATE, {"Host": host}).status == 200, host
    for host in ("evil.example", "a.dcos.test", "192.0.2.1", "0.0.0.0:1@dcos.test"):
        assert emulator.send("GET", STATE, {"Host": host}).status == 403, host


def test_names_are_of_use_only_for_other_machines() -> None:
    command = [sys.executable, "-m", "dcos_emulator", "--control-host", "dcos.test"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "--allow-remote-controls" in result.stderr


def asked(guard: Guard, host: str, server: str, method: str = "GET", *more: tuple[bytes, bytes]) -> bool:
    headers = [(b"host", host.encode("latin-1", "replace")), *more]
    return guard.refusal({"headers": headers, "server": (server, 8443), "scheme": "https", "method": method}) is None


@pytest.mark.parametrize(
    ("listens", "server", "host", "passes"),
    [
        ("::1", "::1", "[::1]:8443", True),
        ("::1", "::1", "localhost", True),
        ("::1", "::1", "[0:0::1]", True),
        ("::1", "::1", "127.0.0.1", False),
        ("127.0.0.1", "::ffff:127.0.0.1", "127.0.0.1", True),
        ("localhost", "127.0.0.1", "localhost", True),
        ("127.0.0.2", "127.0.0.2", "127.0.0.2", True),
        ("127.0.0.2", "127.0.0.2", "localhost", True),
    ],
)
def test_addresses(listens: str, server: str, host: str, passes: bool) -> None:
    assert asked(Guard(Settings(host=listens)), host, server) == passes


def test_localhost_is_this_machine() -> None:
    remote = Guard(Settings(host="0.0.0.0", allow_remote_controls=True))
    assert asked(remote, "192.0.2.7", "192.0.2.7")
    assert not asked(remote, "localhost", "192.0.2.7")


@given(host=st.text(st.characters(codec="latin-1"), max_size=30) | st.from_regex(r"[a-z0-9.:\[\]@]{1,20}"))
def test_no_other_name_passes(host: str) -> None:
    guard = Guard(Settings())
    name = host.lower().partition(":")[0]
    assert asked(guard, host, "127.0.0.1") <= (name in ("localhost", "127.0.0.1"))


def test_every_combination_of_what_a_browser_says() -> None:
    """Passes only what no page of another site can bring about; the expectation is written out a second time here."""
    guard = Guard(Settings())
    origins = (None, b"null", b"https://localhost:8443", b"https://evil.example")
    sites = (None, b"none", b"same-origin", b"same-site", b"cross-site")
    contents = (None, b"text/plain", b"application/json")
    for method, host, origin, site, content in itertools.product(
        ("GET", "POST", "PUT", "PATCH", "DELETE"), ("localhost:8443", "evil.example:8443"), origins, sites, contents
    ):
        named = {b"origin": origin, b"sec-fetch-site": site, b"content-type": content}
        more = [(name, value) for name, value in named.items() if value is not None]
        if body := method in ("POST", "PUT", "PATCH"):
            more.append((b"content-length", b"2"))
        expected = (
            host == "localhost:8443"
            and origin in (None, b"https://localhost:8443")
            and site in (None, b"none", b"same-origin")
            and (not body or content == b"application/json")
        )
        assert asked(guard, host, "127.0.0.1", method, *more) == expected
