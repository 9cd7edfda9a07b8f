# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  on_failure:
    description:
      - What becomes of the task when entries of its list fail. The other entries are done in either case.
      - With V(fail), the task fails in the end, and names them. With V(continue), it succeeds, and returns them as
        RV(failures), for the next task to go on with the others.
      - An entry whose options are wrong fails the task before anything is sent.
    type: str
    choices: [fail, continue]
    default: fail
  concurrency:
    description: How many requests of the task may be under way at the same time, 1 to 100.
    type: int
    default: 8
notes:
  - A list costs as many requests as its entries do by themselves, and one login at most. An empty one costs none.
  - Two entries of one list cannot be about the same thing.
"""
