# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeping one certificate as it is wanted, and with it its key, its chain, and the keystores made of them.

This file is private to the collection.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any, Callable

from ansible_collections.dcos.security.plugins.module_utils import _ca, _keystores, _reissue, _x509
from ansible_collections.dcos.security.plugins.module_utils._certificate_storage import (
    SECRET_PARTS,
    CertificateFiles,
    CertificateSecrets,
    Content,
)
from ansible_collections.dcos.security.plugins.module_utils._client import Client
from ansible_collections.dcos.security.plugins.module_utils._converge import Applied, Convergent, Plan
from ansible_collections.dcos.security.plugins.module_utils._errors import DcosError, InputError, RefusedError
from ansible_collections.dcos.security.plugins.module_utils._parallel import at_once
from ansible_collections.dcos.security.plugins.module_utils._reissue import Reason, WantedCertificate
from ansible_collections.dcos.security.plugins.module_utils._renewal import (
    DERIVED,
    Found,
    Java,
    Renewal,
    Terms,
    decide_renewal,
    kept_as_it_is,
    key_of,
    text_of,
)


class Certificate(Convergent):
    """One certificate, with what belongs to it, brought to a WantedCertificate.

    ``reasons`` tells why this run wrote something; ``kept``, that a certificate which expires soon was kept, because a
    new one would, too.

    Args:
        storage: where it is kept.
        terms: when it is issued anew, and how.
        java: returns how keystores are made; called once, with the first reads.
        hide: is given each private key that is read or made, to be masked.
    """

    # Several at work on secrets leave one key and one certificate that need not belong together, until the last of them
    # has looked again. Each look brings them closer.
    attempts = 10

    def __init__(
        self,
        client: Client,
        name: str,
        storage: CertificateFiles | CertificateSecrets,
        terms: Terms,
        java: Callable[[], Java | None],
        hide: Callable[[str], None],
    ):
        self.label = f"certificate for '{name}'"
        self.reasons: tuple[Reason, ...] = ()
        self.kept = False
        self.secret_fields = tuple(
            part for part in (*SECRET_PARTS, "truststore") if part in storage.parts or part == "private_key"
        )
        self._client = client
        self._name = name
        self._storage = storage
        self._terms = terms
        self._hide = hide
        self._read_java = java
        self._java: Java | None = None
        self._authority: Mapping[str, Any] | None = None

    def read(self) -> Found:
        """Read all that is stored; at first also what the CA is, and the password of the keystores."""
        if self._authority is None:
            # Before the requests that are sent at once: each of them would try a password that is refused.
            self._client.auth.token()
            parts, self._authority, self._java = at_once(
                self._storage.read, lambda: _ca.info(self._client, self._terms.profile), self._read_java
            )
        else:
            parts = self._storage.read()
        self._hide_key(parts.get("private_key"))
        return Found(parts, self._authority)

    def decide(self, before: Found, desired: WantedCertificate, again: bool = False) -> Plan | None:
        """See decide_renewal(). What others made while this run was at work is new enough."""
        terms = self._terms._replace(force=False) if again else self._terms
        renewal, self.kept = decide_renewal(before, desired, self._storage.parts, terms, self._java)
        return Plan(before, (renewal, desired, again)) if renewal.parts else None

    def check(self, before: Found, changes: tuple[Renewal, WantedCertificate, bool]) -> None:
        """Refuse to overwrite, for good, a key or a secret of somebody else's; see whether files can be made."""
        renewal, _wanted, _again = changes
        self.reasons = self.reasons or renewal.reasons
        if not self._terms.force:
            for part in sorted(renewal.parts | ({"private_key"} & set(before.parts))):
                self._refuse_to_destroy(part, before.parts.get(part))
        self._storage.check()

    def _refuse_to_destroy(self, part: str, content: Content | None) -> None:
        if not content or not content.strip():
            return
        if part == "private_key":
            try:
                _x509.load_key(_x509.pem_of_key(content))
            except InputError as exc:
                what = "it holds something else than an RSA or EC private key without passphrase"
                raise self._refused(part, what) from exc
        elif isinstance(content, bytes):
            if self._java and _keystores.read_keystore(content, self._java.password) is None:
                raise self._refused(part, "it holds something else than a PKCS#12 with this password")
        elif "PRIVATE KEY-----" in content:
            raise self._refused(part, "it holds a private key")

    def _refused(self, part: str, why: str) -> RefusedError:
        return RefusedError(
            f"Refused to overwrite {self._storage.label(part)} with the {part.replace('_', ' ')} for "
            f"'{self._name}': {why}. Choose another place, remove what is there, or set force: true."
        )

    def predict(self, plan: Plan) -> Found:
        """Nobody can foretell a certificate."""
        found: Found = plan.before
        return found._replace(predicted=True)

    def apply(self, plan: Plan) -> Applied:
        """Issue and write what is needed; it has to be looked at again, as others may write at the same time."""
        found, (renewal, wanted, again) = plan
        made = self._made(found, renewal, wanted, renew_key=self._terms.renew_key and not again)
        changes = {part: content for part, content in made.items() if content != found.parts.get(part)}
        return Applied(self._storage.write(changes), again=True)

    def shown(self, fields: Found) -> dict[str, Any]:
        """Return what a diff shows: of the certificate what it says, of secrets whether there are any."""
        described = describe(fields.parts.get("certificate"))
        keys = ("serial_number", "subject", "subject_alt_name", "not_after", "fingerprint")
        return {
            **{part: fields.parts.get(part) for part in self.secret_fields},
            **{name: described[name] for name in keys if name in described},
            **({"issued": "(by the real run)"} if fields.predicted else {}),
        }

    def _made(self, found: Found, renewal: Renewal, wanted: WantedCertificate, renew_key: bool) -> dict[str, Content]:
        """Return the contents of the parts that the renewal names, a new certificate issued if need be."""
        made: dict[str, Content] = {}
        present = found.parts.get("private_key")
        certificate = str(found.parts.get("certificate", ""))
        if renewal.issue:
            key, certificate = self._issue(found, wanted, renew_key)
            made["certificate"] = certificate
        else:
            key = _x509.pem_of_key(present) if present else None
        if key and "private_key" in renewal.parts and not kept_as_it_is(present, key, self._terms.key_format):
            made["private_key"] = _x509.encode_key(key, self._terms.key_format or _x509.KEY_FORMATS[0])
        if renewal.parts & set(DERIVED):
            issuers = self._issuers(certificate, found.authority)
            if "chain" in renewal.parts:
                made["chain"] = "".join(issuers)
            if "truststore" in renewal.parts and self._java:
                made["truststore"] = _keystores.build_truststore(issuers, self._java.password)
            if "keystore" in renewal.parts and self._java and key:
                made["keystore"] = _keystores.build_keystore(key, certificate, issuers, *self._java)
        return made

    def _issue(self, found: Found, wanted: WantedCertificate, renew_key: bool) -> tuple[str | None, str]:
        """Return the private key (None with a CSR), and a new certificate for it."""
        key, request = None, wanted.csr
        if not request:
            key = None if renew_key else _usable_key(found.parts.get("private_key"), wanted)
            if not key and self._terms.key_source == "ca":
                made = _ca.newkey(
                    self._client,
                    str(wanted.common_name),
                    list(wanted.hosts),
                    dict(wanted.subject),
                    wanted.key_type,
                    wanted.key_size,
                )
                key, request = _x509.pem_of_key(made["private_key"]), made["certificate_request"]
            else:
                key = key or _x509.generate_key(wanted.key_type, wanted.key_size)
                request = _x509.build_csr(key, str(wanted.common_name), list(wanted.hosts), dict(wanted.subject))
            self._hide_key(key)
        certificate = _ca.sign(self._client, request, self._terms.profile, self._name).strip() + "\n"
        # Kept all the same, it would be issued anew by every run.
        left = _reissue.reissue_reasons(certificate, key, wanted.compared(), found.authority["certificate"], 0)
        if left:
            texts = ", ".join(_reissue.told(left, 0))
            raise DcosError(
                f"The CA issued a certificate for '{self._name}' that is not as asked for ({texts}), so it is not "
                "kept. Ask for what this CA grants; URIs, for example, are dropped by some versions."
            )
        return key, certificate

    def _issuers(self, certificate: str, authority: Mapping[str, Any]) -> list[str]:
        """Return the issuers of a certificate, nearest first, as PEM. Only a CA that is no root costs more requests."""
        signer = _x509.split_bundle(authority["certificate"])
        if not signer or not _x509.is_signed_by(signer[0], signer[0]):
            bundled = _ca.bundle(self._client, certificate) or {}
            more = "\n".join([bundled.get("bundle") or "", bundled.get("root") or "", _ca.trusted_roots(self._client)])
            signer += [pem for pem in _x509.split_bundle(more) if pem not in signer]
        return _x509.issuer_chain(certificate, "".join(signer)) or signer

    def _hide_key(self, content: Content | None) -> None:
        if isinstance(content, str):
            self._hide(content)
        elif content:
            with contextlib.suppress(InputError):
                self._hide(_x509.pem_of_key(content))


def describe(certificate: Content | None) -> dict[str, Any]:
    """Return what a stored certificate says (see _x509.describe_certificate), {} if it is absent or unreadable."""
    try:
        return _x509.describe_certificate(text_of(certificate) or "")
    except InputError:
        return {}


def _usable_key(content: Content | None, wanted: WantedCertificate) -> str | None:
    """Return the present key if it may stay: then no reader meets a pair that does not match during a renewal."""
    key = key_of(content)
    return key if key and _x509.key_fits(key, wanted.key_type, wanted.key_size) else None
