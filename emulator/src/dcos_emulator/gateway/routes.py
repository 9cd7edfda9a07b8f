# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Locations of Admin Router: path, rid that guards it, service behind it (nginx.master of the product documentation).

Every guard asks for the action ``full``. Locations of components that the emulator lacks are here for their guards:
they answer 401 and 403 as on the cluster, and 404 to those who may pass.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .. import unconfirmed
from .cosmos import ARCHIVE_PATH

PUBLIC = ""  # no token is needed
Match = re.Match[str]


@dataclass(frozen=True, slots=True)
class Location:
    """``rid`` guards the location; ``any_user`` means that every authenticated user passes."""

    pattern: re.Pattern[str]
    upstream: str
    rid: str = PUBLIC
    any_user: bool = False


def _location(pattern: str, upstream: str, rid: str = PUBLIC, *, any_user: bool = False) -> Location:
    return Location(re.compile(pattern), upstream, rid and f"dcos:adminrouter:{rid}", any_user)


def _component(pattern: str, rid: str, *, any_user: bool = False) -> Location:
    return _location(pattern, "absent", rid, any_user=any_user)


LOCATIONS = (
    _location(
        r"^/acs/api/v1/auth/(login|logout|jwks|providers|oidc/callback|oidc/providers/?|saml/providers/?)$", "iam"
    ),
    _location(r"^/acs/api/v1/auth/saml/providers/[0-9a-zA-Z-]+/acs-callback$", "iam"),
    _component(r"^/acs/api/v1/internal(/|$)", "acs"),
    _location(r"^/acs/api/v1/users/(?P<uid>.*)/permissions$", "iam", "acs"),
    _location(r"^/acs/api/v1", "iam", "acs"),
    _location(r"^/secrets/v1/", "secrets", "secrets", any_user=True),
    _location(r"^/ca/api/v2/info$", "ca"),
    _location(r"^/ca/api/v2/bundle$", "ca", "ops:ca:ro"),
    _location(r"/ca/api/v2/(newcert|newkey|sign)$", "ca", "ops:ca:rw"),
    _location(r"^/ca/dcos-ca\.crt$", "ca_bundle"),
    _location(r"^/$", "front_page"),
    _location(r"^/dcos-metadata/dcos-version\.json$", "version"),
    _location(r"^/dcos-metadata/ui-config\.json$", "ui_config"),
    _location(r"^/dcos-metadata/bootstrap-config\.json$", "bootstrap_config", "ops:metadata"),
    _location(r"^/pkgpanda/active\.buildinfo\.full\.json$", "buildinfo", "ops:metadata"),
    _location(r"^/metadata$", "metadata", "metadata", any_user=True),
    _location(r"^/mesos/(master/)?state-summary$", "state_summary", "ops:mesos"),
    _location(r"^/mesos_dns/v1/hosts/master\.mesos\.?$", "hosts", "ops:mesos-dns"),
    _location(r"^/system/health/v1/nodes$", "nodes", "ops:system-health"),
    _location(r"^/system/health/v1/units$", "units", "ops:system-health"),
    _location(r"^/mesos/(master/)?slaves$", "slaves", "ops:mesos"),
    _location(r"^/exhibitor/exhibitor/v1/cluster/list$", "exhibitor_list", "ops:exhibitor"),
    _location(r"^/exhibitor/exhibitor/v1/cluster/status$", "exhibitor_status", "ops:exhibitor"),
    _location(r"^/(service/)?marathon/v2/info$", "marathon_info", "service:marathon"),
    _location(r"^/service/metronome/v1/jobs$", "jobs", "service:metronome"),
    _location(r"^/dcos-history-service/history/last$", "history", "ops:historyservice"),
    _location(r"^/package/describe$", "package_describe", "package"),
    _location(rf"^{re.escape(ARCHIVE_PATH)}$", "package_archive", "package"),
    _location(
        r"^/(secrets/v1|mesos|mesos_dns|cockroachdb|exhibitor|pkgpanda|package|marathon|service/[0-9a-zA-Z-.]+)$",
        "add_slash",
    ),
    _component(r"^/acs/acl-schema\.json$", "acs"),
    _component(r"^/mesos/", "ops:mesos"),
    _component(r"^/mesos_dns/", "ops:mesos-dns"),
    _component(r"^/cockroachdb/", "ops:cockroachdb"),
    _component(r"^/exhibitor/", "ops:exhibitor"),
    _component(r"^/dcos-history-service/", "ops:historyservice"),
    _component(r"^/(networking/api/v1|net)/", "ops:networking"),
    _component(r"^/pkgpanda/", "ops:pkgpanda"),
    _component(r"^/(agent|slave)/", "ops:slave"),
    _component(r"^/system/v1/backup/", "ops:system-backup"),
    _component(r"^/system/health/v1", "ops:system-health"),
    _component(r"^/system/v1/logs/", "ops:system-logs"),
    _component(r"^/system/v1/metrics/", "ops:system-metrics"),
    _component(r"^/system/v1/agent/", "system:agent", any_user=True),
    _component(r"^/system/v1/leader/mesos", "system:leader:mesos", any_user=True),
    _component(r"^/system/v1/leader/marathon", "system:leader:marathon", any_user=True),
    _component(r"^/licensing/v1", "licensing"),
    _component(r"^/(package|cosmos/service)/", "package"),
    _component(r"^/capabilities", "capabilities", any_user=True),
    _component(r"^/navstar/lashup/key", "navstar-lashup-key", any_user=True),
    _component(r"^/marathon/", "service:marathon"),
    _component(r"^/service/marathon(/|$)", "service:marathon"),
    _component(r"^/service/metronome(/|$)", "service:metronome"),
    # No other service runs here. Admin Router lets every user know that of a service that it cannot find.
    Location(re.compile(r"^/service/."), "no_such_service", unconfirmed.unknown_service(), any_user=True),
)


def find(path: str) -> tuple[Location, re.Match[str]] | None:
    """The location of a normalised path; None means 404, whoever asks."""
    for location in LOCATIONS:
        if match := location.pattern.search(path):
            return location, match
    return None
