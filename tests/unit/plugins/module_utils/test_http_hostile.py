# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Peers that lie, stall or flood: each request has an end, and each answer a size.

Nothing here takes time. Where a peer would be slow, the client's clock is made to advance by a second whenever somebody
looks at it, so that what counts is how often the client looks.
"""

from __future__ import annotations

import gzip
import itertools
import tracemalloc

import pytest

from ansible_collections.dcos.security.plugins.module_utils._errors import ConnectError
from ansible_collections.dcos.security.plugins.module_utils._http import Transport
from ansible_collections.dcos.security.tests.unit.plugins.peer import Answer, Hostile

PATH = "/acs/api/v1/users"
OK = b"HTTP/1.1 200 OK\r\n"
MB = 1 << 20


def endless(begin: bytes, piece: bytes):
    """Return what sends ``begin`` and then ``piece`` for ever."""
    return lambda: itertools.chain([begin], itertools.repeat(piece))


@pytest.fixture
def hostile(peers):
    """Return a function that starts a Hostile and a Transport to it: (peer, transport)."""
    started = []

    def start(pieces, deaf=False, hold=False, **options):
        started.append(Hostile(pieces, deaf, hold))
        seconds = itertools.count()
        return started[-1], Transport(
            started[-1].origin, **{"retries": 3, "clock": lambda: next(seconds), "sleep": lambda _s: None, **options}
        )

    yield start
    for peer in started:
        peer.stop()


@pytest.fixture
def peak():
    """Return a function that tells the bytes that Python has held at most since the test began."""
    tracemalloc.start()
    yield lambda: tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()


class TestTime:
    """A peer that keeps sending holds nobody for longer than four times the time-out."""

    @pytest.mark.parametrize(
        "pieces",
        [
            endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
            endless(b"", b"HTTP/1.1 100 Continue\r\nX: y\r\n\r\n"),
            endless(OK + b"Content-Length: 1000000000\r\n\r\n", b"x"),
            endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
            endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1;" + b"x" * 1000 + b"\r\nx\r\n"),
            endless(OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n"),  # trailers
            endless(OK + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"")),
            endless(OK + b"\r\n", b"x"),
        ],
        ids=["100", "100 with headers", "body", "chunks", "extensions", "trailers", "members", "no length"],
    )
    def test_endless(self, hostile, pieces):
        peer, transport = hostile(pieces, timeout=5)
        with pytest.raises(
            ConnectError, match=r"No whole answer from .* within 20 s \(GET .*\). .*raise timeout"
        ) as it:
            transport.send("GET", PATH)
        assert it.value.uncertain
        assert peer.seen == 1  # there is no time left for another try

    def test_silence(self, hostile):
        """A silence ends a try, not the request."""
        peer, transport = hostile(list, hold=True, timeout=0.05, retries=1, clock=lambda: 0)
        with pytest.raises(ConnectError, match=rf"No answer from {peer.origin} within 0.05 s \(GET {PATH}, 2 tries in"):
            transport.send("GET", PATH)

    def test_silence_within_a_body(self, hostile):
        peer, transport = hostile(
            lambda: [OK + b"Content-Length: 5\r\n\r\nabc"], hold=True, timeout=0.05, retries=1, clock=lambda: 0
        )
        with pytest.raises(ConnectError, match=rf"No answer from {peer.origin} within 0.05 s \(GET {PATH}, 2 tries in"):
            transport.send("GET", PATH)

    @pytest.mark.parametrize(
        ("clock", "timeout", "said"), [(None, 5, "No whole answer .* within 20 s"), (lambda: 0, 0.05, "within 0.05 s")]
    )
    def test_who_does_not_read(self, hostile, clock, timeout, said):
        """What is sent is bounded as well, in all and in each part."""
        options = {"clock": clock} if clock else {}
        _peer, transport = hostile(list, deaf=True, hold=True, timeout=timeout, retries=0, **options)
        with pytest.raises(ConnectError, match=said) as caught:
            transport.send("PUT", PATH, data=b"x" * 64 * MB)
        assert caught.value.uncertain


class TestSize:
    """An answer is bounded before it is unpacked, and after."""

    @pytest.mark.parametrize(
        "pieces",
        [
            endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
            endless(OK + b"\r\n", b"x" * MB),
            endless(OK + b"Content-Length: 100000000000\r\n\r\n", b"x" * MB),
            endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"100000\r\n" + b"x" * MB + b"\r\n"),
            endless(OK + b"Transfer-Encoding: chunked\r\n\r\nfffffffffff\r\n", b"x" * MB),
            endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 10000),
        ],
        ids=["100", "no length", "length", "chunks", "a chunk", "small chunks"],
    )
    def test_endless(self, hostile, peak, pieces):
        peer, transport = hostile(pieces, max_answer=MB, clock=lambda: 0)
        with pytest.raises(ConnectError, match="is larger than 1 MB. If it is the cluster's, set .*DCOS_MAX_ANSWER_MB"):
            transport.send("GET", PATH)
        assert peer.seen == 1  # it would be no smaller
        assert peak() < 6 * MB

    def test_a_line_without_end(self, hostile, peak):
        _peer, transport = hostile(endless(b"", b"x" * MB), max_answer=MB, clock=lambda: 0, retries=0)
        with pytest.raises(ConnectError):
            transport.send("GET", PATH)
        assert peak() < 6 * MB

    @pytest.mark.parametrize("times", [1, 2, 3])
    def test_bombs(self, serve, peak, times):
        content = b"0" * 64 * MB
        for _time in range(times):
            content = gzip.compress(content)
        coding = ", ".join(["gzip"] * times)
        _peer, transport = serve(Answer(200, content, {"Content-Encoding": coding}), max_answer=MB)
        tracemalloc.reset_peak()
        with pytest.raises(ConnectError, match="is larger than 1 MB|its encoding was not asked for"):
            transport.send("GET", PATH)
        assert peak() < 6 * MB

    @pytest.mark.parametrize("size", [0, 1, MB])
    def test_what_fits(self, serve, size):
        content = bytes(index % 251 for index in range(1000)) * (size // 1000) + b"x" * (size % 1000)
        peer, transport = serve(Answer(200, content), max_answer=MB)
        assert transport.send("GET", PATH).content == content
        peer.answers = [Answer(200, gzip.compress(content), {"Content-Encoding": "gzip"})]
        assert transport.send("GET", PATH).content == content
        halves = gzip.compress(content[: size // 2]) + gzip.compress(content[size // 2 :])
        peer.answers = [Answer(200, halves, {"Content-Encoding": "x-gzip"})]
        assert transport.send("GET", PATH).content == content

    def test_one_byte_too_many(self, serve):
        peer, transport = serve(Answer(200, b"x" * (MB + 1)), max_answer=MB)
        for answer in (peer.answers[0], Answer(200, gzip.compress(peer.answers[0].body), {"Content-Encoding": "gzip"})):
            peer.answers = [answer]
            with pytest.raises(ConnectError, match="is larger than 1 MB"):
                transport.send("GET", PATH)

    @pytest.mark.parametrize("cut", [1, 10, 30])
    def test_a_gzip_that_is_cut_off(self, serve, cut):
        content = gzip.compress(bytes(range(256)) * 10)[:-cut]
        _peer, transport = serve(Answer(200, content, {"Content-Encoding": "gzip"}))
        with pytest.raises(ConnectError, match="its gzip is cut off"):
            transport.send("GET", PATH)
