# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter ``identity_export``; documented in identity_export.yml."""

from __future__ import annotations

from typing import Any, Callable

from ansible.errors import AnsibleFilterError

from ansible_collections.dcos.security.plugins.module_utils._errors import DcosError
from ansible_collections.dcos.security.plugins.plugin_utils._identity_export import export
from ansible_collections.dcos.security.plugins.plugin_utils._plain import plain


def identity_export(facts: Any) -> str:
    """Return the identities that dcos_service_identity_info has read as variables of the role."""
    try:
        return export(plain(facts))
    except DcosError as exc:
        raise AnsibleFilterError(f"identity_export: {exc}") from exc


class FilterModule:
    """Filters that take a cluster over."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters of this file by name."""
        return {"identity_export": identity_export}
