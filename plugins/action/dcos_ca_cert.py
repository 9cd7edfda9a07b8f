# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run dcos_ca_cert in the worker where that is possible."""

from __future__ import annotations

from ansible_collections.dcos.security.plugins.plugin_utils._action import in_worker

ActionModule = in_worker(
    "dcos_ca_cert",
    keys=True,
    files=("path", "certificate_path", "privatekey_path", "chain_path", "keystore_path", "truststore_path"),
)
