# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module that only imports requests: what no ordinary module that uses it can go below."""

from __future__ import annotations

import requests
from ansible.module_utils.basic import AnsibleModule


def main() -> None:
    """End at once."""
    AnsibleModule(argument_spec={}, supports_check_mode=True).exit_json(imported=requests.__name__)


if __name__ == "__main__":
    main()
