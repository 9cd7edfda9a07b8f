# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    support: full
    description: Can run in C(check_mode) and return changed status prediction without modifying the cluster.
  diff_mode:
    support: full
    description: Will return details on what has changed (or possibly needs changing in C(check_mode)), secrets left
      out.
  idempotent:
    support: full
    description: When run twice in a row outside check mode, with the same arguments, the second invocation indicates
      no change.
"""

    INFO_MODULE = r"""
options: {}
attributes:
  check_mode:
    support: full
    description: This module only reads.
  diff_mode:
    support: N/A
    description: This module only reads.
  idempotent:
    support: full
    description: This module only reads.
"""

    ACTION_GROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/dcos.security.dcos) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - dcos.security.dcos
"""
