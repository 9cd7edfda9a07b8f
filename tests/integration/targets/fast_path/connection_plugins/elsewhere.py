# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A connection that is not the local one, though it leads to this machine."""

from __future__ import annotations

from ansible.plugins.connection.local import Connection as Local

DOCUMENTATION = """
name: elsewhere
short_description: Like local, under another name
description: Stands for every connection that leads to another host.
extends_documentation_fragment: connection_pipelining
options:
  become_success_timeout: {description: As in the local connection., type: int, default: 10}
  become_strip_preamble: {description: As in the local connection., type: bool, default: true}
"""


class Connection(Local):
    """Everything as in the local connection but its name."""

    transport = "elsewhere"
