# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter ``denied_permissions``; documented in denied_permissions.yml."""

from __future__ import annotations

from typing import Any, Callable

from ansible.errors import AnsibleFilterError

from ansible_collections.dcos.security.plugins.module_utils._errors import DcosError
from ansible_collections.dcos.security.plugins.plugin_utils._audit_log import counts, denials, missing_permissions


def denied_permissions(
    log: Any, uid: str | None = None, as_permissions: bool = False, as_counts: bool = False
) -> list[dict[str, Any]] | dict[str, int]:
    """Return what an audit log denied, as [{uid, rid, action, source, count}], [{rid, actions}] or counts."""
    try:
        if as_counts:
            return counts(log, uid)
        return missing_permissions(log, uid) if as_permissions else denials(log, uid)
    except DcosError as exc:
        raise AnsibleFilterError(f"denied_permissions: {exc}") from exc


class FilterModule:
    """Filters on the audit log of a DC/OS cluster."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters of this file by name."""
        return {"denied_permissions": denied_permissions}
