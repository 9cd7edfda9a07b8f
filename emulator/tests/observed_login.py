# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Observed rows 207 to 277: login and logout."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import warnings
from typing import Any

import jwt
from cryptography.hazmat.primitives.serialization import PrivateFormat
from emulator_process import Answer
from observed_keys import KEY, OTHER_KEY, SMALL_KEY, SPKI, private
from observed_rows import EMPTY, NO_CODE, Row, get

DENIED = "ERR_INVALID_CREDENTIALS"
NOW = int(time.time())
LATER = NOW + 3600  # than these tests are run, however long that takes

Claims = dict[str, Any]


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _header(algorithm: str) -> str:
    return _base64(json.dumps({"typ": "JWT", "alg": algorithm}).encode())


def signed(claims: Claims, key: Any = KEY, algorithm: str = "RS256", headers: Claims | None = None) -> str:
    """A JWT, for key and algorithm combinations that libraries refuse, too."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return jwt.api_jws.encode(json.dumps(claims).encode(), key, algorithm, headers)


def _hs256(claims: Claims, secret: str) -> str:
    """HMAC with a PEM text as the secret, which JWT libraries refuse to do."""
    signing_input = f"{_header('HS256')}.{_base64(json.dumps(claims).encode())}"
    return f"{signing_input}.{_base64(hmac.digest(secret.encode(), signing_input.encode(), hashlib.sha256))}"


def _claims(uid: str = "svc", **claims: Any) -> Claims:
    return {"uid": uid, "exp": LATER, **claims}


def _login(number: int, status: int, code: str | None, /, check: Any = None, **body: Any) -> Row:
    return Row(number, "POST", "auth/login", status, code, body, check=check)


def _service(
    number: int,
    token: str,
    status: int = 200,
    code: str | None = None,
    /,
    check: Any = None,
    uid: str = "svc",
    **more: Any,
) -> Row:
    return _login(number, status, code, check=check, uid=uid, token=token, **more)


def _raw(number: int, status: int, code: str, body: bytes | None, content_type: str | None) -> Row:
    return Row(number, "POST", "auth/login", status, code, body=body, headers={"Content-Type": content_type})


def payload(answer: Answer) -> Claims:
    """The claims of the token that was issued."""
    part = answer.json()["token"].split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def _issued(answer: Answer) -> None:
    claims = payload(answer)
    assert set(claims) == {"uid", "exp"}
    assert NOW <= claims["exp"] - 2 * 86400 <= time.time()
    auth, info = answer.headers.get_all("Set-Cookie")
    assert auth == f"dcos-acs-auth-cookie={answer.json()['token']}; HttpOnly; Max-Age=164160; Path=/"
    sent = info.removeprefix("dcos-acs-info-cookie=").removesuffix("; Max-Age=164160; Path=/")
    encoded = sent.strip('"')
    # Python's cookies are quoted for characters that no RFC 2109 token has: of Base64's, the slash and the padding.
    assert sent == (f'"{encoded}"' if set("/=") & set(encoded) else encoded)
    found = json.loads(base64.b64decode(encoded))
    assert set(found) == {"uid", "description", "is_remote"}
    assert found["uid"] == claims["uid"]


def _expires(exp: int | None) -> Any:
    def check(answer: Answer) -> None:
        assert payload(answer).get("exp") == exp

    return check


def _logged_out(answer: Answer) -> None:
    assert answer.headers["Set-Cookie"] == (
        'dcos-acs-auth-cookie=""; expires=Sat, 01 Jan 2000 00:00:00 GMT; HttpOnly; Path=/'
    )


def _redirected(answer: Answer) -> None:
    assert answer.headers["Location"].startswith("/?iam-error=The%20login%20provider")


_HEAD, _PAYLOAD, _SIGNATURE = signed(_claims()).split(".")
_VALID = f"{_HEAD}.{_PAYLOAD}.{_SIGNATURE}"
_CORRUPT = f"{_HEAD}.{_PAYLOAD[:-4]}AAAA.{_SIGNATURE}"
_UNSIGNED = f"{_header('none')}.{_PAYLOAD}."

SERVICE_LOGINS = [
    _login(207, 200, None, check=_issued, uid="alice", password="geheim"),
    _service(208, _VALID, check=_issued),
    _service(209, signed({"uid": "svc"})),
    _service(210, signed(_claims(exp=NOW + 10 * 365 * 86400))),
    _service(211, signed(_claims(exp=NOW - 3600)), 401, DENIED),
    _service(212, signed(_claims(exp=NOW - 1)), 401, DENIED),
    _service(213, signed(_claims("alice")), 401, DENIED),
    _service(214, signed({"exp": LATER}), 401, DENIED),
    _service(215, signed({"uid": 1, "exp": LATER}), 401, DENIED),
    _service(216, signed(_claims(), OTHER_KEY), 401, DENIED),
    _service(217, signed(_claims(), algorithm="RS512"), 401, DENIED),
    _service(218, signed(_claims(), algorithm="PS256"), 401, DENIED),
    _service(219, _hs256(_claims(), SPKI), 401, DENIED),
    _service(220, _hs256(_claims(), private(KEY, PrivateFormat.PKCS8)), 401, DENIED),
    _service(221, _UNSIGNED, 401, DENIED),
    _service(222, signed(_claims(aud="x")), 401, DENIED),
    _service(223, signed(_claims(nbf=NOW + 3600)), 401, DENIED),
    _service(224, signed(_claims(iat=NOW + 3600))),
    _service(225, signed(_claims(iat="now")), 401, DENIED),
    _service(226, signed(_claims(exp=LATER + 0.5))),
    _service(227, signed(_claims(exp=str(LATER))), 500, EMPTY),
    _service(228, signed(_claims(exp="soon")), 401, DENIED),
    _service(229, signed(_claims(exp=None)), 500, EMPTY),
    _service(230, signed(_claims(sub=1, jti=2, iss=["x"], colour="red"))),
    _service(231, signed(_claims(), headers={"kid": "mine", "colour": "red"})),
    _service(232, signed(_claims("key51"), SMALL_KEY), uid="key51"),
    _service(233, signed(_claims("key61")), uid="key61"),
    _service(234, signed(_claims("key65")), uid="key65"),
    _service(235, "garbage", 401, DENIED),
    _service(236, "gar.ba.ge", 401, DENIED),
    _service(237, _CORRUPT, 401, DENIED),
    _service(238, "tökén", 401, DENIED),
    _service(239, _VALID, 401, DENIED, uid="unknown"),
]

OTHER_LOGINS = [
    _login(240, 401, DENIED, uid="unknown", password="geheim"),
    _login(241, 401, DENIED, uid="alice", password="wrong"),
    _login(242, 401, DENIED, uid="svc", password="geheim"),
    _login(243, 500, EMPTY, uid="alice", token=_VALID),
    _login(244, 500, EMPTY, uid="oidc", password="geheim"),
    _login(245, 400, NO_CODE, uid="svc", token=_VALID, password="geheim"),
    _login(246, 400, NO_CODE, uid="svc"),
    _login(247, 400, NO_CODE),
    _login(248, 400, NO_CODE, password="geheim"),
    _login(249, 400, NO_CODE, uid="alice", password=""),
    _login(250, 400, NO_CODE, uid="", password="geheim"),
    _login(251, 401, DENIED, uid="svc", token=""),
    _login(252, 500, EMPTY, token=""),
    _login(253, 500, EMPTY, token="garbage"),
    _login(254, 401, NO_CODE, token=signed({"email": "a@b.c"})),
    _login(255, 401, NO_CODE, token=signed({"iss": "https://example.com/"})),
    _login(256, 401, DENIED, uid="alice", password="wrong", colour="red"),
    _login(257, 400, NO_CODE, uid=1, password="geheim"),
    _login(258, 400, NO_CODE, uid="svc", token=None),
    _raw(259, 400, NO_CODE, b"{", "application/json"),
    _raw(260, 400, NO_CODE, b"uid=alice&password=geheim", "application/x-www-form-urlencoded"),
    _raw(261, 400, NO_CODE, None, None),
    _service(262, _VALID, check=_expires(None), exp=0),
    _service(263, _VALID, check=_expires(84600), exp=84600),
    _service(264, _VALID, check=_expires(1), exp=1.5),
    _service(265, _VALID, check=_expires(-5), exp=-5),
    _service(266, _VALID, check=_expires(4102444800), exp=4102444800),
    _service(267, _VALID, 500, EMPTY, exp="abc"),
    _service(268, _VALID, check=_expires(84600), exp="84600"),
    _service(269, _VALID, check=_issued, exp=None),
    _service(270, _VALID, check=_expires(1), exp=True),
    _login(271, 200, None, check=_issued, uid="alice", password="geheim", exp=84600),
    get(272, "auth/login", 400, "ERR_MISSING_QUERY_PARAMETERS"),
    get(273, "auth/login?oidc-provider=x", 303, check=_redirected, headers={"Accept": "text/html,*/*"}),
    get(274, "auth/login?oidc-provider=x", 500, EMPTY),
    get(275, "auth/logout", check=_logged_out),
    Row(276, "POST", "auth/logout", 405, EMPTY),
    Row(277, "PUT", "auth/login", 405, EMPTY),
]

LOGIN_ROWS = SERVICE_LOGINS + OTHER_LOGINS
