# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every recorded row of the open-source IAM's behaviour, sent in the recorded order to one emulator."""

from __future__ import annotations

import json

import pytest
from emulator_process import Answer, Running
from observed_bodies import BODY_ROWS
from observed_login import LOGIN_ROWS
from observed_rows import EMPTY, NO_CODE, Row
from observed_users import USER_ROWS

ROWS = USER_ROWS + BODY_ROWS + LOGIN_ROWS


@pytest.fixture(scope="module")
def answers(open_edition: Running) -> dict[int, Answer]:
    """The answer to each row; rows read back what earlier rows wrote, so all are sent before one is judged."""
    return {row.number: open_edition.send(*row.request()) for row in ROWS}


def test_the_table_is_complete() -> None:
    assert [row.number for row in ROWS] == [*range(1, 154), *range(175, 278)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.number}-{row.method}")
def test_row(row: Row, answers: dict[int, Answer]) -> None:
    answer = answers[row.number]
    assert answer.status == row.status, answer.body
    if row.code == EMPTY:
        with pytest.raises(ValueError):
            json.loads(answer.body)
    elif row.code == NO_CODE:
        _is_error(answer)
        assert "code" not in answer.json()
    elif row.code:
        _is_error(answer)
        assert answer.code == row.code
    if row.status in (404, 405):
        assert answer.body == b""
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    if row.status == 405:
        assert answer.headers["Allow"].endswith(", OPTIONS")
    if row.status == 201:
        assert answer.body == b""
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    if row.code == "ERR_INVALID_CREDENTIALS":
        assert answer.headers["WWW-Authenticate"] == "acsjwt"
    if row.check:
        row.check(answer)


@pytest.mark.parametrize(
    "path",
    [
        "/acs/api/v1/groups",
        "/acs/api/v1/acls",
        "/acs/api/v1/users/svc/permissions",
        "/secrets/v1/store",
        "/metadata",
    ],
)
def test_the_open_edition_has_nothing_else(open_edition: Running, path: str) -> None:
    answer = open_edition.send("GET", path)
    assert (answer.status, answer.body) == (404, b"")


def _is_error(answer: Answer) -> None:
    assert {"title", "description"} <= set(answer.json())
    assert b"\n" not in answer.body
    assert answer.headers["Content-Type"] == "application/json; charset=UTF-8"
    assert answer.headers["Vary"] == "Accept"
