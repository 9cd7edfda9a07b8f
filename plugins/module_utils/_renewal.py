# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to be written to keep a certificate: decided from what there is, without a request.

This file is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from ansible_collections.dcos.security.plugins.module_utils import _keystores, _reissue, _x509
from ansible_collections.dcos.security.plugins.module_utils._certificate_storage import BINARY_PARTS, Content
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.module_utils._reissue import Reason, WantedCertificate

# What is made of the certificate, its key and its issuers, and is made anew with them.
DERIVED = ("chain", "keystore", "truststore")


class Found(NamedTuple):
    """What there is: ``parts`` {part: content} as stored, ``authority`` (what the CA says of itself).

    ``predicted``: in check mode, a certificate that the real run would issue.
    """

    parts: Mapping[str, Content]
    authority: Mapping[str, Any]
    predicted: bool = False


class Renewal(NamedTuple):
    """What has to be written, and why: with ``issue`` a new certificate, in any case the ``parts`` of those stored."""

    reasons: tuple[Reason, ...]
    issue: bool
    parts: frozenset[str]


class Terms(NamedTuple):
    """When a certificate is issued anew, and how: the options of the same names of dcos_ca_cert.

    ``key_source``: "local" or "ca". ``key_format``: one of _x509.KEY_FORMATS; None: PKCS#8, but a key that is there
    stays as it is spelt.
    """

    profile: str | None = None
    remaining_days: int = 30
    renew_key: bool = False
    force: bool = False
    key_source: str = "local"
    key_format: str | None = None


class Java(NamedTuple):
    """How keystores are made: the alias of the key, and the password of both stores."""

    alias: str
    password: str


def decide_renewal(
    found: Found,
    wanted: WantedCertificate,
    stored_parts: Iterable[str],
    terms: Terms,
    java: Java | None,
    now: datetime | None = None,
) -> tuple[Renewal, bool]:
    """Return what has to be written (nothing: no ``parts``), and whether an early end is put up with.

    That is so where the only reason is that the certificate expires soon, and a new one would as well.
    """
    stored, parts = set(stored_parts), found.parts
    key = key_of(parts.get("private_key"))
    if terms.force:
        reasons = [Reason.FORCED]
    else:
        reasons = _reissue.reissue_reasons(
            text_of(parts.get("certificate")),
            key,
            wanted.compared(),
            found.authority["certificate"],
            terms.remaining_days,
            now,
        )
    kept = reasons == [Reason.EXPIRES_SOON] and _fresh_would_expire_early(found.authority, terms, now)
    if reasons and not kept:
        own_key = {"private_key"} if not wanted.csr else set()
        return Renewal(
            tuple(reasons), True, frozenset((stored & {"certificate", *DERIVED}) | (stored & own_key))
        ), False
    misfits = {part: _misfit(part, found, key, terms, java) for part in stored}
    left = {part: reason for part, reason in misfits.items() if reason}
    return Renewal(tuple(left[part] for part in sorted(left)), False, frozenset(left)), kept


def _misfit(part: str, found: Found, key: str | None, terms: Terms, java: Java | None) -> Reason | None:
    """Return why a part has to be written although the certificate stays, or None."""
    content, signer = found.parts.get(part), _x509.split_bundle(found.authority["certificate"])
    if part == "private_key":
        return Reason.KEY_FORMAT if content and not kept_as_it_is(content, key, terms.key_format) else None
    if part == "chain":
        chain = _x509.split_bundle(text_of(content))
        fits, reasons = bool(chain) and chain[0] in signer, (Reason.CHAIN_ABSENT, Reason.CHAIN_DIFFERS)
    elif part in BINARY_PARTS and java:
        holds = _keystores.read_keystore(content, java.password) if isinstance(content, bytes) else None
        if part == "keystore":
            fits = _keystores.keystore_fits(
                holds, str(key), str(text_of(found.parts.get("certificate"))), signer, java.alias
            )
            reasons = Reason.KEYSTORE_ABSENT, Reason.KEYSTORE_DIFFERS
        else:
            fits = _keystores.truststore_fits(holds, signer)
            reasons = Reason.TRUSTSTORE_ABSENT, Reason.TRUSTSTORE_DIFFERS
    else:
        return None
    return None if fits else reasons[bool(content)]


def _fresh_would_expire_early(authority: Mapping[str, Any], terms: Terms, now: datetime | None) -> bool:
    end = _x509.describe_certificate(authority["certificate"])["not_after"]
    return _reissue.would_expire_early(
        end, _reissue.expiry_hours(authority.get("expiry") or ""), terms.remaining_days, now
    )


def key_of(content: Content | None) -> str | None:
    """Return a stored key as PEM: what cannot be read as it is, so that it is called unreadable."""
    if isinstance(content, bytes):
        try:
            return _x509.pem_of_key(content)
        except InputError:
            return "(unreadable)"
    return content


def kept_as_it_is(content: Content | None, key: str | None, key_format: str | None) -> bool:
    """Tell whether a stored key is ``key`` in the format that is wanted (None: in any) and need not be written."""
    if not content or not key:
        return False
    try:
        same = _x509.pem_of_key(content) == _x509.pem_of_key(key)
    except InputError:
        return False
    return same and (key_format is None or content == _x509.encode_key(key, key_format))


def text_of(content: Content | None) -> str | None:
    return content.decode("utf-8", "replace") if isinstance(content, bytes) else content
