# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator behind a real nginx configured like Admin Router.

Every request is sent twice, straight to the emulator and through nginx: both must be answered alike, which holds only
if the emulated gateway reads paths as nginx does and nothing on the way spoils what the services get to see.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from emulator_process import Answer, Running
from hypothesis import given, settings
from hypothesis import strategies as st

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed (Debian package nginx-light)")

CONFIGURATION = """
{user}
daemon off;
worker_processes 1;
pid {directory}/nginx.pid;
error_log stderr error;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    client_max_body_size 1024M;
    upstream emulator {{ server {emulator}; keepalive 4; }}
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-For $remote_addr;
    server {{
        listen 127.0.0.1:{port};
        location = / {{ proxy_pass http://emulator; }}
        location /acs/api/v1 {{ proxy_pass http://emulator; }}
        location ~ ^/acs/api/v1/auth/(login|logout|jwks|providers|oidc/callback|oidc/providers/?|saml/providers/?)$ {{
            proxy_pass http://emulator;
        }}
        location ~ ^/acs/api/v1/users/(?<uid_path>.*)/permissions$ {{ proxy_pass http://emulator; }}
        location /secrets/v1/ {{ proxy_pass http://emulator; }}
        location ~ /ca/api/v2/(newcert|newkey|sign)$ {{ proxy_pass http://emulator; }}
        location = /ca/api/v2/bundle {{ proxy_pass http://emulator; }}
        location = /ca/api/v2/info {{ proxy_pass http://emulator; }}
        location = /ca/dcos-ca.crt {{ proxy_pass http://emulator; }}
        location / {{ return 404; }}
    }}
}}
"""


@dataclass
class Pair:
    """An emulator, and the same one seen through nginx."""

    direct: Running
    proxied: Running

    def both(self, method: str, target: str, data: object = None) -> tuple[Answer, Answer]:
        return self.direct.call(method, target, data), self.proxied.call(method, target, data)


@pytest.fixture(scope="module")
def pair(start_emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    emulator = start_emulator("--port", "0", "--no-tls")
    directory = tmp_path_factory.mktemp("nginx")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    text = CONFIGURATION.format(
        user="user root;" if os.geteuid() == 0 else "",
        directory=directory,
        emulator=emulator.url.removeprefix("http://"),
        port=port,
    )
    (directory / "nginx.conf").write_text(text)
    assert NGINX
    process = subprocess.Popen([NGINX, "-p", str(directory), "-c", "nginx.conf", "-e", "stderr"], text=True)
    proxied = Running(process, {**emulator.ready, "url": f"http://127.0.0.1:{port}"})
    _wait_for(port, process)
    yield Pair(emulator, proxied)
    process.terminate()
    process.wait()


def _wait_for(port: int, process: subprocess.Popen[str]) -> None:
    while process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("nginx does not start")


def alike(pair: Pair, method: str, target: str, data: object = None) -> Answer:
    """Both ways give the same answer; pages made by nginx need only have the same status."""
    direct, proxied = pair.both(method, target, data)
    assert direct.status == proxied.status, target
    if not proxied.headers.get("Content-Type", "").startswith("text/html"):
        assert direct.body == proxied.body, target
        assert direct.headers["Content-Type"] == proxied.headers["Content-Type"]
    return proxied


def test_a_whole_identity_through_nginx(pair: Pair) -> None:
    proxied = pair.proxied
    acl = "acls/dcos:mesos:master:framework:role:slave_public%252Fkafka-role"
    assert proxied.iam("PUT", "users/kafka", {"password": "geheim"}).status == 201
    assert proxied.iam("PUT", acl, {"description": ""}).status == 201
    assert proxied.iam("PUT", f"{acl}/users/kafka/create").status == 204
    (permission,) = alike(pair, "GET", "/acs/api/v1/users/kafka/permissions").json()["direct"]
    assert permission["rid"] == "dcos:mesos:master:framework:role:slave_public/kafka-role"
    assert proxied.call("PUT", "/secrets/v1/secret/default/kafka/service-account", {"value": "x"}).status == 201
    alike(pair, "GET", "/secrets/v1/secret/default/kafka%2Fservice-account")
    alike(pair, "GET", "/secrets/v1/secret/default/?list=true")
    assert proxied.call("POST", "/ca/api/v2/newkey", {"CN": "x", "hosts": ["x"]}).status == 200
    assert proxied.login("kafka", password="geheim")


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["/acs/api/v1/users", "/acs/api/v1/users/unknown/", "/acs/api/v1/auth/jwks"])
def test_methods(pair: Pair, method: str, path: str) -> None:
    alike(pair, method, path)


def test_a_folder_without_its_slash(pair: Pair) -> None:
    assert [answer.status for answer in pair.both("GET", "/secrets/v1")] == [301, 301]


def test_refusals(pair: Pair) -> None:
    for path in ("/acs/api/v1/users", "/secrets/v1/secret/default/x", "/ca/api/v2/sign"):
        answer = pair.proxied.send("GET", path)
        assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "acsjwt")
        assert answer.headers["Content-Type"] == "text/html; charset=UTF-8"


def test_large_and_chunked_bodies(pair: Pair) -> None:
    value = "x" * 1_000_000
    assert pair.proxied.call("PUT", "/secrets/v1/secret/default/large", {"value": value}).status == 201
    assert alike(pair, "GET", "/secrets/v1/secret/default/large").json()["value"] == value
    body = b'{"password": "geheim"}'
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    headers = {"Content-Type": "application/json", "Transfer-Encoding": "chunked", "Content-Length": None}
    assert pair.proxied.iam("PUT", "users/chunked", headers=headers, body=chunked).status == 201


SEGMENTS = st.sampled_from(
    ["", ".", "..", "%2E%2e", "%2F", "%252F", "%2f..", "acs", "api", "v1", "v2", "ca", "users", "kafka", "groups",
     "permissions", "secrets", "secret", "default", "info", "sign", "dcos-ca.crt", "auth", "jwks", "%00", "%zz", "a%"]
)  # fmt: skip
PREFIXES = st.sampled_from(["", "/acs/api/v1", "/acs/api/v1/users", "/secrets/v1", "/ca/api/v2", "//acs/api/v1"])


@settings(max_examples=300, deadline=None)
@given(PREFIXES, st.lists(SEGMENTS, max_size=6))
def test_any_path_means_the_same_to_both(pair: Pair, prefix: str, segments: list[str]) -> None:
    alike(pair, "GET", f"{prefix}/{'/'.join(segments)}")
