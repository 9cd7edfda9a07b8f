# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an account is certain to be refused, told from the permissions that it has.

Admin Router looks for the rid itself and asks for ``full``. The secret store takes a rid for what is below it as well,
in which way exactly is not published: what might cover a secret is taken to cover it. Any action on dcos:superuser
allows everything. Source: the permission reference.

This file is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.dcos.security.plugins.module_utils._hints import CA_SIGNS, of_secret
from ansible_collections.dcos.security.plugins.module_utils._names import SUPERUSER

SECRETS = "dcos:secrets:"
# Reasons to write something of a certificate that do not call for another one begin so.
MENDED = ("chain", "private key format", "keystore", "truststore")

# A rid and an action.
Right = tuple[str, str]
Entry = Mapping[str, Any]


def of_provision(identity: Entry, seen: Entry, foreseen: Iterable[Entry]) -> list[Right]:
    """Return rights that it takes to make an identity what it shall be.

    Args:
        identity: of _identities.plan(), as everywhere here.
        seen: what a look at the credential in check mode returned, the module's result.
        foreseen: what looks at the certificates returned, as far as there were any.
    """
    rights = []
    if not seen.get("fingerprint"):
        rights.append(of_secret(identity["store"], identity["path"], "create"))
    elif seen["changed"] or identity["rotate"]:
        rights.append(of_secret(identity["store"], identity["path"], "update"))
    for certificate, result in zip(identity["certificates"], foreseen):
        reasons = result.get("reasons", ())
        if any(not reason.startswith(MENDED) for reason in reasons):
            rights.append(CA_SIGNS)
        if "absent" in reasons:
            rights.append(_new_certificate(certificate["entry"]))
    return rights


def of_certificates(entries: Iterable[Entry]) -> list[Right]:
    """Return rights that it might take to keep certificates, as dcos_ca_cert is given them."""
    return [CA_SIGNS, *map(_new_certificate, entries)]


def of_rotation(identity: Entry, begun: bool) -> list[Right]:
    """Return rights that it takes to rotate a key; ``begun``: a rotation before has stored the next credential."""
    store, following = identity["store"], identity["next"]
    made = [] if begun else [of_secret(store, following, "create")]
    return [*made, of_secret(store, identity["path"], "update"), of_secret(store, following, "delete")]


def of_removal(identity: Entry, stored: Iterable[Entry]) -> list[Right]:
    """Return rights that it takes to remove credentials; ``stored``: what looks at the two places returned."""
    places = zip((identity["path"], identity["next"]), stored)
    return [of_secret(identity["store"], path, "delete") for path, result in places if result.get("changed")]


def _new_certificate(entry: Entry) -> Right:
    return of_secret(entry["store"], entry["certificate_secret"], "create")


def lacking(permissions: Iterable[Mapping[str, Any]], needed: Iterable[Right]) -> list[Right]:
    """Return those of the rights that somebody with these ``permissions``, [{rid, actions}], is certain to lack.

    Permissions are the direct ones and those by way of groups, all of them.
    """
    granted = [(str(row["rid"]), set(row["actions"])) for row in permissions]
    return [right for right in dict.fromkeys(needed) if not any(_may_allow(*one, *right) for one in granted)]


def refusal(rights: list[Right]) -> str:
    """Return a sentence for the user that names what is missing."""
    named = " and ".join(" ".join(right) for right in rights)
    return (
        f"Nothing of it was begun, as it would be refused on the way: the token's user needs {named}, or {SUPERUSER}."
    )


def _may_allow(granted: str, actions: set[str], rid: str, action: str) -> bool:
    if granted == SUPERUSER and actions:
        return True
    if not actions & {action, "full"}:
        return False
    if not rid.startswith(SECRETS):
        return granted == rid
    return rid.startswith(granted.split("*", 1)[0].rstrip("/:"))
