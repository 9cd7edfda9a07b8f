# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeping one certificate as it is wanted: decide, issue, and store it with its key so that the pair always matches.

This file is private to the collection.
"""

from __future__ import annotations

from typing import NamedTuple

from ansible_collections.dcos.security.plugins.module_utils import _ca, _keys, _reissue, _x509, _x509_names
from ansible_collections.dcos.security.plugins.module_utils._client import Client, at_once
from ansible_collections.dcos.security.plugins.module_utils._converge import read_or_predict, report
from ansible_collections.dcos.security.plugins.module_utils._errors import DcosError, InputError, RefusedError

# How often a run looks again because others have written at the same time; each such look brings them closer.
LOOKS = 10

# What a CSR carries already, or leaves with its owner.
NOT_WITH_CSR = ("common_name", "hosts", "subject", "key_size", "privatekey_path", "privatekey_secret")

RETURNED = ("serial_number", "not_before", "not_after", "fingerprint", "subject", "subject_alt_name", "issuer")


class Wanted(NamedTuple):
    """What the certificate shall be: either ``csr`` (PEM), or the rest of the fields."""

    csr: str | None
    common_name: str | None
    hosts: list
    subject: dict
    key_type: str
    key_size: int

    def compared(self):
        """Return it as _reissue.reissue_reasons() takes it."""
        return self.csr or {
            name: getattr(self, name) for name in ("common_name", "hosts", "subject", "key_type", "key_size")
        }

    @property
    def name(self) -> str:
        """What to call the certificate in messages."""
        return self.common_name or _x509.describe_csr(self.csr)["subject"].get("CN") or "the given CSR"


def wanted_of(task) -> Wanted:
    """Return what the options of dcos_ca_cert ask for. Raises InputError for options that do not go together."""
    params = task.params
    csr = params["csr_content"]
    if params["csr_path"]:
        csr = read_or_predict(task, params["csr_path"], "csr_path", _predicted_csr)
    if csr:
        clash = [name for name in NOT_WITH_CSR if params[name]]
        if clash:
            raise InputError(
                f"{clash[0]} does not go with a CSR, which says it already, or leaves it to its owner: remove one."
            )
    elif not params["common_name"]:
        raise InputError("Give common_name, or a CSR as csr_path or csr_content.")
    subject = {name: value for name, value in (params["subject"] or {}).items() if value}
    size = _x509.checked_size(params["key_type"], params["key_size"])
    hosts = []
    if csr:
        _x509.describe_csr(csr)
    else:
        # What cannot stand in a certificate is refused now, and in check mode, too.
        _x509_names.subject_name(params["common_name"], subject)
        hosts = [value for _kind, value in map(_x509_names.canonical_san, params["hosts"] or [params["common_name"]])]
    return Wanted(csr, params["common_name"], hosts, subject, params["key_type"], size)


def _predicted_csr():
    """Return a CSR that no present certificate fits."""
    return _x509.build_csr(_x509.generate_key("ECDSA"), "the CSR to come", ["localhost"])


class Keeper:
    """Brings one certificate to what is wanted.

    Args:
        place: Files or Secrets, of _places.
        profile, key_source ("local" or "ca"), remaining_days, renew_key, force: as the module's options.
    """

    def __init__(self, task, client: Client, wanted: Wanted, place, options: dict):
        self._task = task
        self._client = client
        self._wanted = wanted
        self._place = place
        self._options = options

    def converge(self) -> None:
        """Issue and store what is needed, and describe the outcome in the task's result.

        Raises DcosError if something else keeps writing to the same place.
        """
        # Before the requests that are sent at once: each of them would try a password that is refused.
        self._client.auth.token()
        before, authority = at_once(self._place.load, lambda: _ca.info(self._client, self._options["profile"]))
        present = before
        reasons: list = []
        for attempt in range(LOOKS):
            self._task.hide(present.get("private_key"))
            after, why = self._wish(present, authority, again=attempt > 0)
            reasons = reasons or why
            if self._stored(present, after):
                break
            present = self._place.load()
        else:
            raise DcosError(
                f"Could not keep the certificate for '{self._wanted.name}': something else keeps changing it at the "
                "same time."
            )
        tidied = self._place.tidy()
        self._report(before, after, reasons, bool(reasons) or tidied, authority)

    def _wish(self, present, authority, again):
        """Return the parts as they shall be, a new certificate issued if need be, and the reasons for any change.

        ``again``: others are at work as well, and what they made is new enough.
        """
        reasons = ["forced"] if self._options["force"] and not again else self._reasons(present, authority)
        issue = bool(reasons)
        after = dict(present)
        if issue:
            self._refuse_to_destroy(present)
        if issue and not self._task.check_mode:
            self._place.prepare()
            after.update(self._issue(present, authority, renew_key=self._options["renew_key"] and not again))
        if (
            "chain" in self._place.parts
            and "certificate" in after
            and (issue or not self._chain_holds(after, authority))
        ):
            if not issue:
                self._refuse_to_destroy(present)
            if not self._task.check_mode:
                after["chain"] = self._chain(after["certificate"], authority)
            if not issue:
                reasons = ["chain differs" if present.get("chain") else "chain absent"]
        return after, reasons

    def _refuse_to_destroy(self, present):
        """Raise RefusedError where a private key or a secret of somebody else's would be overwritten, for good."""
        if self._options["force"]:
            return
        key = present.get("private_key") or ""
        if key.strip():
            try:
                _x509.load_key(key)
            except InputError as exc:
                what = "it holds something else than an RSA or EC private key without passphrase"
                raise self._refused("private_key", what) from exc
        for part in ("certificate", "chain"):
            if "PRIVATE KEY-----" in (present.get(part) or ""):
                raise self._refused(part, "it holds a private key")

    def _refused(self, part, why):
        return RefusedError(
            f"Refused to overwrite {self._place.label(part)} with the {part.replace('_', ' ')} for "
            f"'{self._wanted.name}': {why}. Choose another place, remove what is there, or set force: true."
        )

    def _stored(self, present, after):
        """Write what differs; False if others wrote at the same time, and it has to be looked at again."""
        changes = {part: after[part] for part in self._place.parts if after.get(part) != present.get(part)}
        if not changes:
            return True
        # Of what several write at the same time one key is left and one certificate, which need not belong together.
        return self._place.save(changes, present) and self._place.load() == after

    def _reasons(self, before, authority):
        key = before.get("private_key")
        reasons = _reissue.reissue_reasons(
            before.get("certificate"),
            key,
            self._wanted.compared(),
            authority["certificate"],
            self._options["remaining_days"],
        )
        soon = [reason for reason in reasons if reason.startswith("expires within")]
        if reasons == soon and soon and self._fresh_would_expire_early(authority):
            self._task.warn(
                f"The certificate for '{self._wanted.name}' {soon[0]}, but so would a new one, because the CA's own "
                "certificate or the profile ends too early. It is kept."
            )
            return []
        return reasons

    def _fresh_would_expire_early(self, authority):
        end = _x509.describe_certificate(authority["certificate"])["not_after"]
        return _reissue.would_expire_early(
            end, _reissue.expiry_hours(authority["expiry"]), self._options["remaining_days"]
        )

    def _issue(self, before, authority, renew_key):
        """Return the new certificate, and the private key where there is one."""
        wanted, profile = self._wanted, self._options["profile"]
        key, request = None, wanted.csr
        if not request:
            key = None if renew_key else self._usable_key(before.get("private_key"))
            if not key and self._options["key_source"] == "ca":
                made = _ca.newkey(
                    self._client,
                    wanted.common_name,
                    wanted.hosts,
                    wanted.subject,
                    wanted.key_type,
                    wanted.key_size,
                )
                key, request = _keys.private_pem(_x509.load_key(made["private_key"])), made["certificate_request"]
            else:
                key = key or _x509.generate_key(wanted.key_type, wanted.key_size)
                request = _x509.build_csr(key, wanted.common_name, wanted.hosts, wanted.subject)
            self._task.hide(key)
        certificate = _ca.sign(self._client, request, profile, wanted.name).strip() + "\n"
        # Kept all the same, it would be issued anew by every run.
        left = _reissue.reissue_reasons(certificate, key, wanted.compared(), authority["certificate"], 0)
        if left:
            raise DcosError(
                f"The CA issued a certificate for '{wanted.name}' that is not as asked for ({', '.join(left)}), so it "
                "is not kept. Ask for what this CA grants; URIs, for example, are dropped by some versions."
            )
        return {"certificate": certificate, **({"private_key": key} if key else {})}

    def _usable_key(self, pem):
        """Return the present key if it may stay: then no reader meets a pair that does not match during a renewal."""
        return pem if pem and _x509.key_fits(pem, self._wanted.key_type, self._wanted.key_size) else None

    def _chain_holds(self, after, authority):
        stored = _x509.split_bundle(after.get("chain"))
        return bool(stored) and stored[0] in _x509.split_bundle(authority["certificate"])

    def _chain(self, certificate, authority):
        """Return the issuers of a certificate, nearest first, as PEM. Only a CA that is no root costs more requests."""
        signer = _x509.split_bundle(authority["certificate"])
        if not signer or not _x509.is_signed_by(signer[0], signer[0]):
            bundled = _ca.bundle(self._client, certificate) or {}
            more = "\n".join([bundled.get("bundle") or "", bundled.get("root") or "", _ca.trusted_roots(self._client)])
            signer += [pem for pem in _x509.split_bundle(more) if pem not in signer]
        return "".join(_x509.issuer_chain(certificate, "".join(signer)) or signer)

    def _report(self, before, after, reasons, changed, authority):
        shown = [_shown(contents) for contents in (before, after)]
        if self._task.check_mode and reasons:
            shown[1] = {**shown[1], "issued": "(by the real run)"}
        report(self._task, f"certificate for '{self._wanted.name}'", changed, *shown, secret_fields=("private_key",))
        described = _described(after.get("certificate"))
        self._task.result.update(
            certificate=after.get("certificate", ""),
            chain=after.get("chain") or authority["certificate"],
            reasons=reasons,
            **{name: described.get(name) for name in RETURNED},
        )


def _described(certificate):
    try:
        return _x509.describe_certificate(certificate) if certificate else {}
    except InputError:
        return {}


def _shown(contents):
    """Return what a diff shows of a certificate and its key."""
    keys = ("serial_number", "subject", "subject_alt_name", "not_after", "fingerprint")
    described = _described(contents.get("certificate"))
    return {"private_key": contents.get("private_key"), **{name: described[name] for name in keys if name in described}}
