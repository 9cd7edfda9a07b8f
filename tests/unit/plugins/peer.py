# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A web server of one's own that answers as it is told, and certificates for it.

It is for what an emulator of a cluster would never do: hang, cut off an answer, speak nonsense, or be somebody else.
"""

from __future__ import annotations

import base64
import contextlib
import datetime
import json
import socket
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

PEM = serialization.Encoding.PEM


class Request(NamedTuple):
    """What the server was asked."""

    method: str
    path: str
    headers: dict
    body: bytes

    @property
    def json(self):
        """The body as JSON."""
        return json.loads(self.body)


class Answer(NamedTuple):
    """What the server shall do with a request.

    ``body`` is sent as it is, other values as JSON. ``delay`` is in seconds. ``cut`` closes the connection before an
    answer (``"before"``) or half-way through its body (``"within"``), TLS before TCP.
    """

    status: int = 200
    body: object = b""
    headers: dict = {}
    delay: float = 0
    cut: str = ""


# As the IAM answers a login, and Admin Router a request.
REFUSED = Answer(
    401, {"title": "401 Unauthorized", "description": "Invalid credentials.", "code": "ERR_INVALID_CREDENTIALS"}
)
REJECTED = Answer(401, b"<html>401</html>", {"Content-Type": "text/html; charset=UTF-8", "WWW-Authenticate": "acsjwt"})


def token(uid="admin", left=3600.0, **claims):
    """Return an authentication token with ``left`` seconds left, or without an end."""
    exp = {} if left is None else {"exp": int(time.time() + left)}
    parts = ({"typ": "JWT", "alg": "RS256"}, {"uid": uid, **exp, **claims})
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join((*encoded, "c2lnbmF0dXJl"))


def granted(issued):
    """Return the answer to a login that succeeds."""
    return Answer(200, {"token": issued})


class Peer:
    """The server. It gives one answer after the other, and the last one ever after; ``seen`` is what it was asked."""

    def __init__(self, *answers: Answer, tls=None):
        self.answers = list(answers) or [Answer()]
        self.seen: list = []
        self._lock = threading.Lock()
        peer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self):
                # A client that has gone away, or that does not trust us, is what some tests are about.
                with contextlib.suppress(ConnectionError, ssl.SSLError):
                    super().handle_one_request()

            def __getattr__(self, name):
                if name.startswith("do_"):
                    return lambda: peer._serve(self)
                raise AttributeError(name)

            def log_message(self, *args):
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                """Say nothing."""

        self._server = Server(("127.0.0.1", 0), Handler)
        if tls:
            # The handshake is left to the connection's own thread.
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self._server.server_address[1]
        self.origin = f"{'https' if tls else 'http'}://localhost:{self.port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def stop(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()

    def _serve(self, handler):
        length = int(handler.headers.get("Content-Length") or 0)
        body = handler.rfile.read(length)
        with self._lock:
            self.seen.append(Request(handler.command, handler.path, dict(handler.headers), body))
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        time.sleep(answer.delay)
        handler.close_connection = bool(answer.cut)
        if answer.cut == "before":
            handler.connection.shutdown(socket.SHUT_RDWR)
            return
        content = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        headers = {} if isinstance(answer.body, bytes) else {"Content-Type": "application/json; charset=UTF-8"}
        handler.send_response(answer.status)
        for name, value in {**headers, "Content-Length": str(len(content)), **answer.headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(content[: len(content) // 2] if answer.cut else content)
        if answer.cut and isinstance(handler.connection, ssl.SSLSocket):
            handler.connection.setblocking(False)
            with contextlib.suppress(ssl.SSLWantReadError):
                handler.connection.unwrap()
            time.sleep(0.3)  # until TCP's end has come through a slow network


class Authority:
    """A CA: ``path`` is the file with its certificate."""

    def __init__(self, folder, name="Test CA"):
        self._folder, self._name = folder, name
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self._sign(name, self._key.public_key(), ca=True)
        self.path = str(folder / f"{name}.pem")
        (folder / f"{name}.pem").write_bytes(self.certificate.public_bytes(PEM))

    def server(self, host="localhost", days=1):
        """Return the TLS settings of a server whose certificate is for ``host`` and valid for ``days`` more."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._sign(host, key.public_key(), days=days)
        path = self._folder / f"{host}.pem"
        private = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        path.write_bytes(private + certificate.public_bytes(PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def _sign(self, name, public_key, ca=False, days=1):
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, self._name)]))
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=30))
            .not_valid_after(now + datetime.timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        if not ca:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        return builder.sign(self._key, hashes.SHA256())


def unused_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
