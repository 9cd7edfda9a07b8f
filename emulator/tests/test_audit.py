# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit log: every decision in the format of the component that made it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from emulator_process import Running, start

GATEWAY = re.compile(
    r"\w{3} \d\d \d\d:\d\d:\d\d m1 adminrouter\.sh\[\d+\]: \d{4}/\d\d/\d\d \d\d:\d\d:\d\d \[notice\] \d+#0: \*\d+ "
    r"\[lua\] ee\.lua:\d+: auditlog\(\): type=audit timestamp=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ authorizer=adminrouter "
    r"object=(?P<object>\S+) action=(?P<action>\w+) result=(?P<result>\w+) reason=(?P<reason>\".*?\"|\S+) "
    r"srcip=127\.0\.0\.1 srcport=\d+ request_uri=(?P<uri>\S+?)(?: uid=(?P<uid>[^,]+))?, client: 127\.0\.0\.1, "
    r'server: master\.mesos, request: "(?P<request>.*) HTTP/1\.1", host: "localhost"'
)
IAM = re.compile(
    r"\w{3} \d\d \d\d:\d\d:\d\d m1 bouncer\[\d+\]: \[\d{6}-\d\d:\d\d:\d\d\.\d{3}\] \[\d+:Thread-\d+\] "
    r"\[bouncer\.app\.auth\.Login\] INFO: type=audit timestamp=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z "
    r"srcip=127\.0\.0\.1 component=bouncer action=(?P<action>\S+) result=deny reason=\".*\" uid=(?P<uid>\S+)"
)
SECRETS = re.compile(
    r"\w{3} \d\d \d\d:\d\d:\d\d m1 dcos-secrets\[\d+\]: type=audit timestamp=\S+ authorizer=secrets uid=(?P<uid>\S+) "
    r"object=(?P<object>\S+) action=(?P<action>\w+) result=(?P<result>\w+) reason=(\".*\"|\S+) srcip=127\.0\.0\.1"
)


class Audited:
    """An emulator with an audit log, and the lines that were written since they were last asked for."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "audit.log"
        self.emulator = start("--port", "0", "--no-tls", "--audit-log", str(self._path))
        self._read = 0

    def lines(self) -> list[str]:
        found = self._path.read_text().splitlines()
        new, self._read = found[self._read :], len(found)
        return new


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audited]:
    found = Audited(tmp_path_factory.mktemp("audit"))
    emulator: Running = found.emulator
    emulator.iam("PUT", "users/kafka", {"password": "geheim"})
    yield found
    emulator.stop()


def matched(pattern: re.Pattern[str], line: str) -> dict[str, str | None]:
    match = pattern.fullmatch(line)
    assert match, line
    return match.groupdict()


def test_denials_of_the_gateway(audited: Audited) -> None:
    kafka = audited.emulator.login("kafka", password="geheim")
    audited.lines()
    audited.emulator.call("POST", "/ca/api/v2/sign?a=b", {}, token=kafka)
    (line,) = audited.lines()
    assert matched(GATEWAY, line) == {
        "object": "dcos:adminrouter:ops:ca:rw",
        "action": "full",
        "result": "deny",
        "reason": '"IAM PQ response"',
        "uri": "/ca/api/v2/sign?a=b",
        "uid": "kafka",
        "request": "POST /ca/api/v2/sign?a=b",
    }
    audited.emulator.send("GET", "/service/marathon/v2/apps")
    (line,) = audited.lines()
    found = matched(GATEWAY, line)
    assert (found["object"], found["reason"], found["uid"]) == (
        "dcos:adminrouter:service:marathon",
        '"not authenticated"',
        None,
    )


def test_what_the_gateway_allows(audited: Audited) -> None:
    kafka = audited.emulator.login("kafka", password="geheim")
    audited.lines()
    audited.emulator.call("GET", "/acs/api/v1/users/kafka/permissions", token=kafka)
    audited.emulator.call("GET", "/metadata", token=kafka)
    audited.emulator.iam("GET", "users")
    own, metadata, users = (matched(GATEWAY, line) for line in audited.lines())
    assert (own["object"], own["action"], own["result"]) == ("dcos:iam:users:kafka:permissions", "read", "allow")
    assert metadata["reason"] == '"authenticated (all users are allowed to access)"'
    assert (users["object"], users["result"], users["uid"]) == ("dcos:adminrouter:acs", "allow", "bootstrapuser")


def test_failed_logins(audited: Audited) -> None:
    login = "/acs/api/v1/auth/login"
    audited.lines()
    audited.emulator.send_json("POST", login, {"uid": "kafka", "password": "wrong"})
    audited.emulator.send_json("POST", login, {"uid": "unknown", "password": "wrong"})
    found = [matched(IAM, line) for line in audited.lines()]
    assert found == [
        {"action": "password-login", "uid": "kafka"},
        {"action": "password-login", "uid": "unknown"},
    ]
    audited.emulator.login("kafka", password="geheim")
    assert audited.lines() == []


def test_the_secrets_service_logs_beside_the_gateway(audited: Audited) -> None:
    kafka = audited.emulator.login("kafka", password="geheim")
    audited.lines()
    audited.emulator.call("PUT", "/secrets/v1/secret/default/kafka/tls", {"value": "x"}, token=kafka)
    gateway, secrets = audited.lines()
    found = matched(GATEWAY, gateway)
    assert (found["object"], found["result"]) == ("dcos:adminrouter:secrets", "allow")
    assert matched(SECRETS, secrets) == {
        "uid": "kafka",
        "object": "dcos:secrets:default:/kafka/tls",
        "action": "create",
        "result": "deny",
    }


def test_an_entry_is_one_line(audited: Audited) -> None:
    audited.lines()
    audited.emulator.send_json("POST", "/acs/api/v1/auth/login", {"uid": "a\nb\rtype=audit", "password": "wrong"})
    (line,) = audited.lines()
    assert "\r" not in line


def test_granting_what_the_log_names_opens_the_path(audited: Audited) -> None:
    kafka = audited.emulator.login("kafka", password="geheim")
    for method, path in (("GET", "/mesos/state-summary"), ("GET", "/secrets/v1/secret/default/?list=true")):
        audited.lines()
        assert audited.emulator.call(method, path, token=kafka).status == 403
        found = next(
            matched(GATEWAY if "adminrouter.sh" in line else SECRETS, line)
            for line in audited.lines()
            if "result=deny" in line
        )
        acl = f"acls/{found['object']}".replace("/", "%252F").replace("acls%252F", "acls/")
        audited.emulator.iam("PUT", acl, {"description": ""})
        assert audited.emulator.iam("PUT", f"{acl}/users/kafka/{found['action']}").status == 204
        assert audited.emulator.call(method, path, token=kafka).status == 200
