# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Callable

from ansible.errors import AnsibleFilterError

from ansible_collections.dcos.security.plugins.module_utils._options import located


def absolute_paths(options: Any) -> dict[str, Any]:
    """Return connection options, {name: value}, in which no path is relative to a playbook's folder any more."""
    if not isinstance(options, Mapping):
        raise AnsibleFilterError("absolute_paths: it takes a dictionary of connection options.")
    return located(dict(options), os.getcwd())


class FilterModule:
    """Filters on connection options."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters of this file by name."""
        return {"absolute_paths": absolute_paths}
