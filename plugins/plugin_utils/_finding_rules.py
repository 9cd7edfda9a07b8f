# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules by which identities are judged, as data: what each is called, how bad it is, and why. Pure.

This file is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Callable, NamedTuple

from ansible_collections.dcos.security.plugins.plugin_utils import _certificate_looks as certificates
from ansible_collections.dcos.security.plugins.plugin_utils import _finding_looks as looks
from ansible_collections.dcos.security.plugins.plugin_utils._estate import Estate, Found

SEVERITIES = ("low", "medium", "high", "critical")


class Rule(NamedTuple):
    """A rule: ``look`` finds, ``why`` says what is bad about it, ``decide`` what to decide where no task mends it."""

    id: str
    severity: str
    title: str
    why: str
    look: Callable[[Estate], Iterator[Found]]
    decide: str = (
        "Decide by hand: what a task would need is not known, or may not be read, or has a name that looks like a "
        "template, which Ansible would execute."
    )


RULES = (
    Rule(
        "key-mismatch",
        "high",
        "The key in the secret is not that of the account",
        "The service cannot log in. The remedy gives the account the key that the service has; if the account is "
        "right, put its key into the secret instead.",
        looks.key_mismatch,
    ),
    Rule(
        "stale-credential",
        "medium",
        "A second credential with a key that the account does not have",
        "It is of no use, and somebody may wonder.",
        looks.stale_credential,
        "Decide whether anything still reads it, and delete it if not.",
    ),
    Rule(
        "malformed-credential",
        "high",
        "A credential that services cannot use as it is",
        "Schedulers of the SDK read only what the CLI writes: all members, and a PKCS#8 key.",
        looks.malformed,
        "Decide whether to make a new credential or to delete the secret.",
    ),
    Rule(
        "http-endpoint",
        "medium",
        "The service logs in without TLS",
        "Its login token, which is valid for minutes, can be read on the way. A cluster in strict mode refuses it.",
        looks.http,
    ),
    Rule(
        "credential-without-account",
        "medium",
        "A credential of an account that does not exist",
        "Whoever makes an account of that name with this key hands it to everybody who could read the secret.",
        looks.without_account,
        "Decide whether the account is to be made again, or the secret to be deleted.",
    ),
    Rule(
        "account-without-credential",
        "low",
        "An account whose key nobody knows where it is",
        "The private key is somewhere, if only on the disk of whoever made it.",
        looks.without_credential,
        "Decide whether the account is used; give it a new key that is kept in the secret store, or delete it.",
    ),
    Rule(
        "shared-key",
        "high",
        "Several accounts with one key",
        "Each of these services can log in as the others.",
        looks.shared_key,
        "Decide where new keys are to be kept, and give all but one a new key.",
    ),
    Rule(
        "certificate-shares-key",
        "high",
        "A certificate with the key of an account",
        "Whoever terminates TLS can log in as the account.",
        certificates.key_of_account,
    ),
    Rule(
        "weak-key",
        "high",
        "An RSA key that is too small",
        "Keys under 2048 bits are not considered safe (NIST SP 800-131A).",
        looks.weak_key,
        "Decide where a new key is to be kept: no secret holds the present one.",
    ),
    Rule(
        "superuser-account",
        "high",
        "A service that is a superuser by itself",
        "Whoever has its key has the cluster.",
        looks.superuser_directly,
        "Decide whether it needs that; what each part of this collection needs is listed in its guide of rights.",
    ),
    Rule(
        "superuser-by-group",
        "high",
        "A service that is a superuser by way of a group",
        "Whoever has its key has the cluster.",
        looks.superuser_by_group,
        "Decide whether it has to be a member.",
    ),
    Rule(
        "superuser-person",
        "medium",
        "A person who is a superuser",
        "Whoever has the password of a superuser has the cluster.",
        looks.superuser_people,
        "Decide whether this person administers the cluster.",
    ),
    Rule(
        "full-on-root",
        "high",
        "Full rights on everything of a kind",
        "It reaches services, secrets or nodes of all others.",
        looks.full_on_root,
        "Decide what it needs, and grant that.",
    ),
    Rule(
        "permission-without-effect",
        "low",
        "A permission that no authoriser ever looks at",
        "It grants nothing, and whoever reads it believes that it does.",
        looks.never,
    ),
    Rule(
        "beyond-preset",
        "low",
        "More permissions than the kind of service needs",
        "Its other permissions are just those that the documentation asks for.",
        looks.beyond_preset,
        "Decide whether it needs these, too.",
    ),
    Rule(
        "unused-acl",
        "low",
        "An ACL without a permission",
        "It is left over, and hides which permissions there are.",
        looks.unused_acl,
    ),
    Rule(
        "empty-group",
        "low",
        "A group without members",
        "Whoever is added to it gets permissions that nobody thinks of any more.",
        looks.empty_group,
    ),
    Rule(
        "unfinished-key-replacement",
        "high",
        "A key replacement that was not finished",
        "Until it is, the account may lack permissions and groups.",
        looks.unfinished_key,
        "The account is gone or was made anew: decide whether it is to be made again, with what it had "
        "(restore_from_journal), or the group to be deleted.",
    ),
    Rule(
        "unfinished-rotation",
        "medium",
        "A rotation that was not finished",
        "Two keys are about, and one of them is the account's.",
        looks.unfinished_rotation,
    ),
    Rule(
        "certificate-expired",
        "critical",
        "A certificate that has ended",
        "Clients refuse it.",
        certificates.of_certificates(certificates.expired),
    ),
    Rule(
        "certificate-expiring",
        "medium",
        "A certificate that ends soon",
        "From then on clients refuse it.",
        certificates.of_certificates(certificates.expiring),
    ),
    Rule(
        "certificate-of-other-ca",
        "high",
        "A certificate that the present CA of the cluster has not issued",
        "Those who trust the cluster's CA do not trust it. If it is to be from elsewhere, make that an exception.",
        certificates.of_certificates(certificates.other_ca),
    ),
    Rule(
        "certificate-key-mismatch",
        "high",
        "A certificate with the key of another one",
        "No server starts with such a pair.",
        certificates.of_certificates(certificates.other_key),
    ),
    Rule(
        "certificate-without-key",
        "low",
        "A certificate whose key is not beside it",
        "Nothing can use it from here.",
        certificates.of_certificates(certificates.without_key),
        "Decide whether anything needs it here.",
    ),
    Rule(
        "chain-missing",
        "low",
        "A certificate without its issuers",
        "Clients that know the root only cannot follow it, where there is an intermediate CA.",
        certificates.of_certificates(certificates.without_chain),
    ),
    Rule(
        "chain-mismatch",
        "medium",
        "A certificate with the chain of another CA",
        "Whoever trusts this chain does not trust the certificate.",
        certificates.of_certificates(certificates.other_chain),
    ),
    Rule(
        "certificate-without-owner",
        "low",
        "A certificate in a folder of nobody",
        "It is left over, or belongs to something that has no account.",
        certificates.nobodys_certificate,
        "Decide which.",
    ),
)

# What is said of the audit itself, and not looked for in facts.
EXCEPTION_EXPIRED = Rule(
    "exception-expired",
    "low",
    "An exception that has expired",
    "It hides nothing any more. Decide whether what it was about is mended, and take it out or prolong it.",
    lambda _estate: iter(()),
)
