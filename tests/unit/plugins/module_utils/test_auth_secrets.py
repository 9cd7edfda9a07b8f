# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What no text may show is known, wherever it came from; and what is no secret is not hidden."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from ansible_collections.dcos.security.plugins.module_utils import _auth
from ansible_collections.dcos.security.plugins.module_utils._errors import HttpError
from ansible_collections.dcos.security.tests.unit.plugins.peer import Answer, granted, token


def test_the_servers_words_do_not_repeat_the_login_token(rsa_key, forms):
    class Quoting:
        """A transport whose server answers with what it was sent."""

        def send(self, method, path, body):
            words = f"Unexpected JSON input: {body['token']}"
            return SimpleNamespace(status=400, code="ERR_JSON", words=words, json={})

    with pytest.raises(HttpError, match="Unexpected JSON input: \\*+") as caught:
        _auth.login(Quoting(), "kafka", private_key=forms["pkcs8"](rsa_key))
    assert caught.value.as_result()["failure"]["code"] == "ERR_JSON"
    assert "eyJ" not in str(caught.value)


def test_of_the_options_and_the_environment(client_of):
    _peer, client = client_of(
        auth_token="t.o.k",
        auth_username="admin",
        environ={"DCOS_ACS_PASSWORD": "hunter22", "DCOS_ACS_USERNAME": "bootstrap"},
    )
    assert client.auth.secrets >= {"t.o.k"}
    assert not client.auth.secrets & {"admin", "bootstrap"}


def test_of_a_login(client_of, rsa_key, forms):
    key, fresh = forms["pkcs8"](rsa_key), token("kafka")
    credential = json.dumps({"uid": "kafka", "private_key": key})
    _peer, client = client_of(granted(fresh), Answer(200, {}), auth_credential=credential)
    assert client.auth.secrets == {credential}
    client.get("/acs/api/v1/users/kafka", "read")
    assert client.auth.secrets == {credential, key, fresh}
