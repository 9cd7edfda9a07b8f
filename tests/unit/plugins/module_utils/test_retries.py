# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is repeated, for how long, and how the user hears of it."""

from __future__ import annotations

import re

import pytest

from ansible_collections.dcos.security.plugins.module_utils._errors import ConnectError, HttpError
from ansible_collections.dcos.security.plugins.module_utils._http import Transport
from ansible_collections.dcos.security.tests.unit.plugins.peer import Answer, unused_port

PATH = "/acs/api/v1/users"
AGAIN = {"Retry-After": "0"}


class TestRetries:
    """What is repeated, and for how long."""

    @pytest.mark.parametrize("status", [429, 502, 503, 504])
    @pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "POST"])
    def test_overload(self, serve, status, method):
        peer, transport = serve(Answer(status, headers=AGAIN), Answer(204), retries=1)
        assert transport.send(method, PATH).status == 204
        assert len(peer.seen) == 2

    def test_bodies_are_sent_again(self, serve):
        peer, transport = serve(Answer(503, headers=AGAIN), Answer(201), retries=1)
        transport.send("PUT", PATH, body={"a": 1})
        assert [request.json for request in peer.seen] == [{"a": 1}, {"a": 1}]

    def test_the_last_answer_counts(self, serve):
        peer, transport = serve(Answer(503, {"message": "sealed"}, AGAIN), retries=2)
        assert transport.send("GET", PATH).words == "sealed"
        assert len(peer.seen) == 3

    @pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 409, 413, 500, 501])
    def test_other_answers_are_final(self, serve, status):
        peer, transport = serve(Answer(status, headers=AGAIN), retries=3)
        assert transport.send("GET", PATH).status == status
        assert len(peer.seen) == 1

    def test_broken_connections(self, serve):
        peer, transport = serve(Answer(cut="before"), Answer(201), retries=1)
        assert transport.send("PUT", PATH, body={}).status == 201
        assert len(peer.seen) == 2

    def test_broken_connections_for_good(self, serve):
        peer, transport = serve(Answer(cut="before"), retries=2)
        with pytest.raises(
            ConnectError, match=rf"Cannot reach {peer.origin} \(GET {PATH}, 3 tries in .* s\): .*(closed|reset|aborted)"
        ):
            transport.send("GET", PATH)
        assert len(peer.seen) == 3

    @pytest.mark.parametrize("answer", [Answer(503, headers=AGAIN), Answer(cut="before"), Answer(429, headers=AGAIN)])
    def test_once_is_once(self, serve, answer):
        peer, transport = serve(answer, Answer(200), retries=3)
        if answer.cut:
            with pytest.raises(ConnectError) as caught:
                transport.send("POST", "/ca/api/v2/sign", body={}, once=True)
            assert caught.value.uncertain
        else:
            assert transport.send("POST", "/ca/api/v2/sign", body={}, once=True).status == answer.status
        assert len(peer.seen) == 1

    def test_what_was_not_sent_is_tried_again_although_once(self, time_of):
        """Nobody listens: the request has not left this machine."""
        passed, options = time_of()
        transport = Transport(f"http://localhost:{unused_port()}", retries=2, **options)
        with pytest.raises(ConnectError) as caught:
            transport.send("DELETE", PATH, once=True)
        assert not caught.value.uncertain
        assert passed == [0.6]  # the first repetition is at once

    @pytest.mark.parametrize("body", [b"x" * 1000, b"{}"])
    def test_a_body_that_was_cut_off(self, serve, body):
        peer, transport = serve(Answer(200, body, cut="within"), Answer(200, body), retries=1)
        assert transport.send("GET", PATH).content == body
        assert len(peer.seen) == 2

    @pytest.mark.parametrize(
        ("answer", "repeated"),
        [
            (Answer(429), False),  # it was not let through
            (Answer(502), True),
            (Answer(503), True),
            (Answer(504), True),
            (Answer(cut="before"), True),
            (Answer(201, b"{}", cut="within"), True),
            (Answer(delay=0.6), True),
        ],
    )
    def test_whether_an_earlier_try_may_have_been_processed(self, serve, answer, repeated):
        _peer, transport = serve(answer, Answer(409), retries=1, timeout=0.5)
        found = transport.send("PUT", PATH, body={})
        assert (found.status, found.repeated) == (409, repeated)

    @pytest.mark.parametrize("answer", [Answer(200), Answer(409), Answer(503)])
    def test_what_was_sent_once_was_not_repeated(self, serve, answer):
        _peer, transport = serve(answer)
        assert not transport.send("PUT", PATH, body={}).repeated

    @pytest.mark.parametrize(("asked", "pause"), [("7200", 30), ("17", 17)])
    def test_retry_after_is_heeded_and_bounded(self, serve, time_of, asked, pause):
        passed, options = time_of()
        peer, transport = serve(
            Answer(503, headers={"Retry-After": asked}), Answer(200), retries=1, timeout=30, **options
        )
        assert transport.send("GET", PATH).status == 200
        assert passed == [pause]
        assert len(peer.seen) == 2

    @pytest.mark.parametrize("value", ["soon", "-1", "1.5", "Sun, 06 Nov 1994 08:49:37 GMT", "", "9" * 400, "Mon, 99"])
    def test_odd_retry_after(self, serve, time_of, value):
        _passed, options = time_of()
        _peer, transport = serve(
            Answer(503, headers={"Retry-After": value}), Answer(200), retries=1, timeout=30, **options
        )
        assert transport.send("GET", PATH).status == 200

    def test_pauses_grow(self, serve, time_of):
        passed, options = time_of()
        _peer, transport = serve(Answer(502), retries=5, **options)
        assert transport.send("GET", PATH).status == 502
        assert passed == [0.6, 1.2, 2.4, 4.8]  # the first repetition is at once


class TestTold:
    """Repetitions are told of, once a task."""

    def test_nothing_to_tell(self, client_of):
        _peer, client = client_of(Answer(200), auth_token="T")
        client.get(PATH, "look")
        assert client.repetitions() == ""

    def test_how_often_why_and_how_long(self, client_of):
        answers = [
            Answer(503, headers=AGAIN),
            Answer(503, headers=AGAIN),
            Answer(200),
            Answer(cut="before"),
            Answer(200),
        ]
        _peer, client = client_of(*answers, auth_token="T", retries=3)
        client.get(PATH, "look")
        client.get(PATH, "look")
        assert re.fullmatch(
            r"2 requests were repeated, 3 times in all, which took \d\.\d s: status 503\.", client.repetitions()
        )
        assert client.repetitions() == ""

    def test_errors_tell_it_as_well(self, client_of):
        _peer, client = client_of(Answer(503, headers=AGAIN), auth_token="T", retries=1)
        with pytest.raises(
            HttpError, match=rf"Could not look: GET {PATH}, 2 tries in 0\.\d s: 503 Service Unavailable"
        ):
            client.get(PATH, "look")

    def test_who_sent_nothing_to_log_in_with(self, client_of):
        _peer, client = client_of(Answer(401), anonymous=True)
        with pytest.raises(HttpError, match="Nothing was sent to log in with"):
            client.get(PATH, "look")


class TestTime:
    """A request has an end, however often it is repeated."""

    @pytest.mark.parametrize(
        ("options", "pauses"),
        [
            ({"timeout": 5}, []),  # 25 s do not fit into 4 times 5
            ({"timeout": 10}, [25]),
            ({"timeout": 20}, [25, 25, 25]),
        ],
    )
    def test_at_most_four_times_the_timeout(self, serve, time_of, options, pauses):
        passed, clock = time_of()
        peer, transport = serve(Answer(503, headers={"Retry-After": "25"}), retries=9, **options, **clock)
        assert transport.send("GET", PATH).status == 503
        assert passed == pauses
        assert len(peer.seen) == len(pauses) + 1

    def test_a_deadline_of_its_own(self, serve, time_of):
        passed, clock = time_of()
        _peer, transport = serve(Answer(429, headers={"Retry-After": "4"}), retries=9, timeout=30, **clock)
        assert transport.send("GET", PATH, deadline=10).status == 429
        assert passed == [4, 4]

    @pytest.mark.parametrize("deadline", [0, -1])
    def test_nothing_is_sent_after_the_deadline(self, serve, deadline):
        peer, transport = serve()
        said = f"DELETE {PATH} was not sent to {peer.origin}: its time had run out"
        with pytest.raises(ConnectError, match=said) as caught:
            transport.send("DELETE", PATH, deadline=deadline)
        assert not caught.value.uncertain
        assert peer.seen == []
