# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  groups:
    description: Groups that the account shall be a member of. They must exist.
    type: list
    elements: str
  exclusive_groups:
    description:
      - Whether the account shall leave all groups that are not listed in O(groups), which is then required. An empty
        list means all.
    type: bool
    default: false
"""
