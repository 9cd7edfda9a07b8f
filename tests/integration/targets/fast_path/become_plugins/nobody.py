# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A become method that stays who it is: no test can know whether sudo works here."""

from __future__ import annotations

from typing import Any

from ansible.plugins.become import BecomeBase

DOCUMENTATION = """
name: nobody
short_description: Become nobody else
description: Runs the command as it is.
options:
  become_user: {description: Ignored., default: root, vars: [{name: ansible_become_user}]}
  become_exe: {description: Ignored., default: "", vars: [{name: ansible_become_exe}]}
  become_flags: {description: Ignored., default: "", vars: [{name: ansible_become_flags}]}
  become_pass: {description: Ignored., vars: [{name: ansible_become_password}]}
"""


class BecomeModule(BecomeBase):
    """Present as a plugin, and without effect."""

    name = "nobody"

    def build_become_command(self, cmd: str, shell: Any) -> str:
        """Return the command, after the words by which Ansible knows that becoming worked."""
        super().build_become_command(cmd, shell)
        command: str = self._build_success_command(cmd, shell)
        return command
