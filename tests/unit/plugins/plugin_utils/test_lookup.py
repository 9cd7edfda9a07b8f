# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What lookups share: which values no text may show."""

from __future__ import annotations

import pytest

from ansible_collections.dcos.security.plugins.plugin_utils._lookup import ClusterLookup

KEY = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"


class Connected:
    """A client that has had a token."""

    secrets = frozenset({"a-token-of-a-login"})


class Reading:
    """A task of a lookup that has connected."""

    connected = Connected()


@pytest.mark.parametrize(
    ("options", "terms", "secret"),
    [
        ({"dcos_auth_password": "hunter22"}, [], {"hunter22"}),
        ({"dcos_auth_private_key_path": KEY}, [], {KEY}),  # given where a path belongs
        ({"dcos_url": KEY, "dcos_auth_username": "jane"}, ["a/b"], {KEY}),
        ({}, [KEY], {KEY}),
        ({"dcos_url": "https://cluster"}, ["a/b"], set()),
    ],
)
def test_what_no_text_may_show(options, terms, secret):
    lookup = ClusterLookup()
    assert lookup._secrets(options, terms) == secret
    lookup._reading = Reading()
    assert lookup._secrets(options, terms) == secret | Connected.secrets
