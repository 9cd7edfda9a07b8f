# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter ``identity_findings``; documented in identity_findings.yml."""

from __future__ import annotations

from typing import Any, Callable

from ansible.errors import AnsibleFilterError

from ansible_collections.dcos.security.plugins.module_utils._errors import DcosError
from ansible_collections.dcos.security.plugins.plugin_utils._findings import findings
from ansible_collections.dcos.security.plugins.plugin_utils._plain import plain


def identity_findings(facts: Any, *arguments: Any, **options: Any) -> list[dict[str, Any]]:
    """Return what is wrong with the identities that dcos_service_identity_info has read."""
    try:
        return findings(plain(facts), *plain(arguments), **plain(options))
    except DcosError as exc:
        raise AnsibleFilterError(f"identity_findings: {exc}") from exc


class FilterModule:
    """Filters on the facts of identities."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters of this file by name."""
        return {"identity_findings": identity_findings}
