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
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Callable, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

PEM = serialization.Encoding.PEM


class Request(NamedTuple):
    """What the server was asked."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Answer(NamedTuple):
    """What the server shall do with a request.

    ``body`` is sent as it is, other values as JSON. ``delay`` is in seconds. ``cut`` closes the connection before an
    answer (``"before"``) or half-way through its body (``"within"``), TLS before TCP.
    """

    status: int = 200
    body: object = b""
    headers: dict[str, str] = {}
    delay: float = 0
    cut: str = ""


# As the IAM answers a login, and Admin Router a request.
REFUSED = Answer(
    401, {"title": "401 Unauthorized", "description": "Invalid credentials.", "code": "ERR_INVALID_CREDENTIALS"}
)
REJECTED = Answer(401, b"<html>401</html>", {"Content-Type": "text/html; charset=UTF-8", "WWW-Authenticate": "acsjwt"})


def token(uid: str = "admin", left: float | None = 3600.0, **claims: Any) -> str:
    """Return an authentication token with ``left`` seconds left, or without an end."""
    exp = {} if left is None else {"exp": int(time.time() + left)}
    parts = ({"typ": "JWT", "alg": "RS256"}, {"uid": uid, **exp, **claims})
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join((*encoded, "c2lnbmF0dXJl"))


def granted(issued: str) -> Answer:
    """Return the answer to a login that succeeds."""
    return Answer(200, {"token": issued})


class Peer:
    """The server. It gives one answer after the other, and the last one ever after; ``seen`` is what it was asked,
    ``accepted`` how many connections there were.
    """

    def __init__(self, *answers: Answer, tls: ssl.SSLContext | None = None):
        self.answers = list(answers) or [Answer()]
        self.seen: list[Request] = []
        self.accepted = 0
        self._lock = threading.Lock()
        peer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self) -> None:
                # A client that has gone away, or that does not trust us, is what some tests are about.
                with contextlib.suppress(ConnectionError, ssl.SSLError):
                    super().handle_one_request()

            def __getattr__(self, name: str) -> Callable[[], None]:
                if name.startswith("do_"):
                    return lambda: peer._serve(self)
                raise AttributeError(name)

            def log_message(self, *args: Any) -> None:
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def process_request(self, request: Any, client_address: Any) -> None:
                peer.accepted += 1
                super().process_request(request, client_address)

            def handle_error(self, request: Any, client_address: Any) -> None:
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

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
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


class Hostile:
    """A server below HTTP: it sends ``pieces`` of bytes, be there no end of them, to whoever connects.

    It reads what it is asked before it sends, unless it is ``deaf``, and ``hold`` keeps the connection open afterwards;
    ``seen`` counts the connections. It never sleeps: where an answer is to be slow, the client's clock is to run fast.
    """

    def __init__(self, pieces: Callable[[], Iterable[bytes]], deaf: bool = False, hold: bool = False):
        self.seen = 0
        self._pieces, self._deaf, self._hold = pieces, deaf, hold
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.origin = f"http://localhost:{self._listener.getsockname()[1]}"
        self._threads = [threading.Thread(target=self._serve, daemon=True)]
        self._open: list[socket.socket] = []
        self._stopped = threading.Event()
        self._threads[0].start()

    def stop(self) -> None:
        """Serve no more, and wait for the ends."""
        self._stopped.set()
        for each in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _address = self._listener.accept()
                self.seen += 1
                self._open.append(connection)
                self._threads.append(threading.Thread(target=self._answer, args=(connection,), daemon=True))
                self._threads[-1].start()

    def _answer(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if not self._deaf:
                connection.recv(65536)
            for piece in self._pieces():
                connection.sendall(piece)
            if self._hold:
                self._stopped.wait()
            connection.shutdown(socket.SHUT_RDWR)


class Authority:
    """A CA: ``path`` is the file with its certificate."""

    def __init__(self, folder: Path, name: str = "Test CA") -> None:
        self._folder, self._name = folder, name
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self._sign(name, self._key.public_key(), ca=True)
        self.path = str(folder / f"{name}.pem")
        (folder / f"{name}.pem").write_bytes(self.certificate.public_bytes(PEM))

    def server(self, host: str = "localhost", days: int = 1) -> ssl.SSLContext:
        """Return the TLS settings of a server whose certificate is for ``host`` and valid for ``days`` more."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._sign(host, key.public_key(), days=days)
        path = self._folder / f"{host}.pem"
        private = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        path.write_bytes(private + certificate.public_bytes(PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def _sign(
        self, name: str, public_key: ec.EllipticCurvePublicKey, ca: bool = False, days: int = 1
    ) -> x509.Certificate:
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
        return int(listener.getsockname()[1])
