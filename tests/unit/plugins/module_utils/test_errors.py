# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user reads when something fails."""

from __future__ import annotations

import sys

import pytest

from ansible_collections.dcos.security.plugins.module_utils import _deps, _errors
from ansible_collections.dcos.security.plugins.module_utils._errors import DcosError, HttpError

WHAT = ("create service account 'kafka'", "PUT", "/acs/api/v1/users/kafka")


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (
            {"status": 403, "hint": "The token's user needs dcos:adminrouter:acs full or dcos:superuser."},
            "403 Forbidden. The token's user needs dcos:adminrouter:acs full or dcos:superuser.",
        ),
        (
            {"status": 400, "code": "ERR_INVALID_DATA", "said": "Too short."},
            "400 Bad Request ERR_INVALID_DATA: Too short.",
        ),
        ({"status": 400, "said": "Too short"}, "400 Bad Request: Too short."),
        ({"status": 400, "code": 9002, "said": "CSR Decode failed"}, "400 Bad Request 9002: CSR Decode failed."),
        ({"status": 599}, "599."),
        ({"status": 404, "hint": "Check url."}, "404 Not Found. Check url."),
    ],
)
def test_http_error(answer, text):
    error = HttpError(*WHAT, **answer)
    assert str(error) == f"Could not create service account 'kafka': PUT /acs/api/v1/users/kafka: {text}"
    assert error.as_result() == {
        "failure": {
            "status": answer["status"],
            "code": answer.get("code"),
            "method": "PUT",
            "path": "/acs/api/v1/users/kafka",
        }
    }


def test_all_are_one_kind():
    kinds = [kind for kind in vars(_errors).values() if isinstance(kind, type) and kind.__module__ == _errors.__name__]
    assert len(kinds) > 5
    assert all(issubclass(kind, DcosError) for kind in kinds)
    assert DcosError("text").as_result() == {}


class TestMissingLibraries:
    """A library is missing: which, where, and what for."""

    @pytest.mark.parametrize(
        ("name", "package", "reason"), [(n, known.package, known.reason) for n, known in _deps.LIBRARIES.items()]
    )
    def test_known(self, monkeypatch, name, package, reason):
        monkeypatch.setitem(sys.modules, name, None)
        with pytest.raises(_deps.MissingLibraryError) as caught:
            _deps.load(name)
        assert package in str(caught.value)
        assert reason in str(caught.value)
        assert sys.executable in str(caught.value)

    def test_part_of_one(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "cryptography.x509", None)
        with pytest.raises(_deps.MissingLibraryError, match="cryptography.*keys and certificates"):
            _deps.load("cryptography.x509")

    def test_found(self):
        assert _deps.load("json").loads("1") == 1


def test_what_a_terminal_would_obey_is_not_told():
    error = _errors.InputError("ACL 'a\nb\x1b[2Jc\x9bd\u2028e' and \tthat")
    assert error.told(str) == "ACL 'a b [2Jc d e' and  that"
