# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter ``identity_report``; documented in identity_report.yml."""

from __future__ import annotations

from typing import Any, Callable

from ansible.errors import AnsibleFilterError

from ansible_collections.dcos.security.plugins.module_utils._errors import DcosError
from ansible_collections.dcos.security.plugins.plugin_utils import _audit, _audit_html
from ansible_collections.dcos.security.plugins.plugin_utils._plain import plain

FORMATS: dict[str, Callable[[dict[str, Any]], str]] = {
    "html": _audit_html.as_html,
    "json": _audit.as_json,
    "md": _audit.as_markdown,
    "sarif": _audit.as_sarif,
    "junit.xml": _audit.as_junit,
}


def identity_report(facts: Any, findings: Any = None, format: str = "html", earlier: Any = None) -> str:
    """Return the report of an audit in one of FORMATS; ``facts`` may be a report in JSON, which holds its findings."""
    if format not in FORMATS:
        raise AnsibleFilterError(f"identity_report: there is no format '{format}', but {', '.join(FORMATS)}.")
    try:
        if findings is None:
            about = _audit.parsed(plain(facts))
        else:
            about = _audit.audit(plain(facts), plain(findings), _audit.read(plain(earlier)))
        return FORMATS[format](about)
    except DcosError as exc:
        raise AnsibleFilterError(f"identity_report: {exc}") from exc


class FilterModule:
    """Filters that make reports."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters of this file by name."""
        return {"identity_report": identity_report}
