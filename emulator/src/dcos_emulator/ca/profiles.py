# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The signing policy of the cluster's CA, one source for both backends."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple


class Profile(NamedTuple):
    """What a certificate signed under this profile may be used for, and for how long."""

    usages: tuple[str, ...]
    expiry_hours: int
    is_ca: bool = False

    @property
    def expiry(self) -> str:
        """The lifetime as ``info`` shows it (a Go duration)."""
        return f"{self.expiry_hours}h"

    @property
    def lifetime(self) -> timedelta:
        """The lifetime of a certificate, from its notBefore."""
        return timedelta(hours=self.expiry_hours)


# A cluster has this one profile (``POST /ca/api/v2/info``): every name means the default.
DEFAULT = Profile(("signing", "key encipherment", "client auth", "server auth"), 87600)

# Names that cfssl installations use by custom, for those who test against a CA of their own making.
NAMED = {
    "server": Profile(("signing", "key encipherment", "server auth"), 87600),
    "client": Profile(("signing", "key encipherment", "client auth"), 87600),
    "ca": Profile(("cert sign", "crl sign"), 87600, is_ca=True),
}


def find_profile(name: str) -> Profile:
    """The profile of that name; an unknown or empty one silently means the default, as in cfssl."""
    return NAMED.get(name, DEFAULT)


def cfssl_configuration() -> dict[str, object]:
    """The same policy as the content of cfssl's ``-config`` file."""
    return {
        "signing": {
            "default": _cfssl_profile(DEFAULT),
            "profiles": {name: _cfssl_profile(profile) for name, profile in NAMED.items()},
        }
    }


def _cfssl_profile(profile: Profile) -> dict[str, object]:
    section: dict[str, object] = {"usages": list(profile.usages), "expiry": profile.expiry}
    if profile.is_ca:
        # Older and newer cfssl spell it differently and ignore the other's member.
        section |= {"is_ca": True, "ca_constraint": {"is_ca": True}}
    return section
