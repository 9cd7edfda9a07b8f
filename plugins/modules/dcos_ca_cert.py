#!/usr/bin/python
# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dcos_ca_cert
short_description: Have certificates signed by the cluster's CA and keep them fresh
version_added: 1.0.0
author: the dcos.security maintainers (@dcos-security)
description:
  - Keeps a TLS certificate, its private key and its chain in files or in the DC/OS secret store.
  - It is issued anew only if it is absent, unreadable, does not belong to its key, differs in name, host names,
    subject, or key type or size, was not signed by the cluster's current CA, or has fewer than O(remaining_days) days
    left. RV(reasons) says which.
  - A renewal keeps the private key unless it no longer fits or O(renew_key) is set, so that no reader ever meets a
    pair that does not match.
  - What nobody could restore is overwritten with O(force=true) only. This is anything but a readable private key where
    the private key belongs (a key with a passphrase, a credential), and a private key where the certificate or its
    chain belongs, and where a keystore belongs what has another password or is none.
extends_documentation_fragment:
  - dcos.security.attributes
  - dcos.security.attributes.action_group
  - dcos.security.connection
  - dcos.security.many
  - dcos.security.store
  - ansible.builtin.files
attributes:
  idempotent:
    support: partial
    details:
      - With O(force=true) every run issues a certificate.
options:
  common_name:
    description: Common name, at most 64 characters. Required unless a CSR is given.
    type: str
  hosts:
    description:
      - Host names (wildcards too), IP addresses, e-mail addresses and URIs for the subject alternative name.
      - Default is the common name.
    type: list
    elements: str
  subject:
    description: Further names of the subject.
    type: dict
    suboptions:
      C:
        description: Country, two letters.
        type: str
      ST:
        description: State or province.
        type: str
      L:
        description: Locality.
        type: str
      O:
        description: Organization.
        type: str
      OU:
        description: Organizational unit.
        type: str
  profile:
    description:
      - Signing profile of the CA, which decides on lifetime and key usage.
      - The CA takes a name that it does not know for its default profile, without saying so.
    type: str
  key_type:
    description: Type of the key.
    type: str
    choices: [RSA, ECDSA]
    default: RSA
  key_size:
    description: Size of the key in bits, by default V(2048) for RSA and V(256) for ECDSA.
    type: int
    choices: [256, 384, 521, 2048, 3072, 4096, 8192]
  key_source:
    description:
      - Where a new key is made. V(local) makes it in the module process, so that it is never sent anywhere but to
        where it is kept.
      - V(ca) has the CA make it.
    type: str
    choices: [local, ca]
    default: local
  csr_path:
    description:
      - Path of a file with a certificate signing request (PEM) to have signed as it is. Of its subject the CA keeps
        C, ST, L, O, OU and CN for certain, and only these are compared later. The private key is then the
        caller's own affair. What the CSR says already (O(common_name), O(hosts), O(subject), O(key_size)) must not be
        given, nor what would hold the key - O(privatekey_path), O(privatekey_secret), O(keystore_path) or
        O(keystore_secret).
    type: path
  csr_content:
    description: What O(csr_path) would hold. The two are mutually exclusive.
    type: str
  path:
    description:
      - Path of the file for the certificate.
      - Either files or secrets are required, and of them the certificate and, unless a CSR is given, the private key.
    type: path
    aliases: [certificate_path]
  privatekey_path:
    description: Path of the file for the private key (PKCS#8).
    type: path
  chain_path:
    description: Path of the file for the issuers of the certificate.
    type: path
  privatekey_format:
    description:
      - How the private key is kept. V(pkcs1) is what C(openssl rsa -traditional) writes (SEC 1 for an elliptic-curve
        key), V(pkcs8_der) and V(pkcs1_der) are the same without the wrapping of PEM, and binary as a secret.
      - If not given, a new key is V(pkcs8), and one that is there stays as it is. A key that is there in another format
        than the given one is rewritten without being changed, and so without another certificate.
    type: str
    choices: [pkcs8, pkcs1, pkcs8_der, pkcs1_der]
  keystore_path:
    description:
      - Path of the file for a PKCS#12 keystore of Java (Kafka, Cassandra, Spark, NiFi) with the private key, the
        certificate and its issuers. It is written anew whenever it does not hold these.
      - It is encrypted with AES-256. Java reads that from 8u301, 11.0.12 and 17 on.
      - It needs O(keystore_password) or O(keystore_password_secret), and does not go with a CSR, as it holds the key.
    type: path
  truststore_path:
    description:
      - Path of the file for a PKCS#12 truststore of Java with the issuers of the certificate. It has the password of
        the keystore.
      - It needs version 45 or later of C(cryptography).
    type: path
  privatekey_mode:
    description:
      - Mode of the files with the private key, the keystore among them. O(mode) is that of the other files, where a new
        one has V(0644) and an existing one keeps its own unless it is given. O(owner) and O(group) are those of all.
    type: raw
    default: "0600"
  certificate_secret:
    description: Path of the secret for the certificate. Secrets and files are mutually exclusive.
    type: str
  privatekey_secret:
    description: Path of the secret for the private key (PKCS#8).
    type: str
  chain_secret:
    description: Path of the secret for the issuers of the certificate.
    type: str
  keystore_secret:
    description: Path of the binary secret for the keystore, see O(keystore_path).
    type: str
  truststore_secret:
    description: Path of the binary secret for the truststore, see O(truststore_path).
    type: str
  keystore_password:
    description: Password of keystore and truststore, and of the key in it; at least 6 characters.
    type: str
  keystore_password_secret:
    description:
      - Path of the text secret that holds the password of keystore and truststore, for the service to read, too. It has
        to be there. A line break at its end is none of it.
      - Mutually exclusive with O(keystore_password).
    type: str
  keystore_alias:
    description: Alias of the key in the keystore. Default is the common name.
    type: str
  remaining_days:
    description:
      - Issue anew when the certificate is valid for fewer than this many days.
      - If a new certificate would be inside this limit as well, the present one is kept, with a warning.
    type: int
    default: 30
  renew_key:
    description: Make a new private key whenever the certificate is issued anew.
    type: bool
    default: false
  force:
    description: Issue anew in any case.
    type: bool
    default: false
  certificates:
    description:
      - Several certificates at once, each with the options of one. O(common_name), O(hosts), a CSR, and where a
        certificate is kept belong to the entries; what else is given beside the list is a default of them.
    type: list
    elements: dict
notes:
  - The CA issues to whoever has C(dcos:adminrouter:ops:ca:rw) C(full) or C(dcos:superuser). The chain of a CA that is
    no root is read with C(dcos:adminrouter:ops:ca:ro) C(full); without it, it is put together from what the CA shows
    to anybody.
  - For places that are secrets, it needs C(dcos:secrets:default:/<path>) C(read), and C(create) or C(update).
  - Requests - 1 for a certificate in files that is as wanted, and with secrets 1 more for each of them. To issue one
    costs 1 more for the signature, 1 for a key that the CA makes, and with secrets 1 for each that is written and 1
    to read each back. For the chain of a CA that is no root, 2 more. O(keystore_password_secret) costs 1.
seealso:
  - module: dcos.security.dcos_secret
  - name: community.crypto.openssl_csr
    description: Makes a request for O(csr_path) whose key stays elsewhere.
    link: https://docs.ansible.com/ansible/latest/collections/community/crypto/openssl_csr_module.html
"""

EXAMPLES = r"""
- name: Certificate for Cassandra in the secret store
  dcos.security.dcos_ca_cert:
    url: https://dcos.example.com
    ca_path: /etc/ssl/dcos-ca.crt
    auth_token: "{{ dcos_login.token }}"
    common_name: cassandra.marathon.l4lb.thisdcos.directory
    hosts:
      - cassandra.marathon.l4lb.thisdcos.directory
      - "*.cassandra.autoip.dcos.thisdcos.directory"
      - 10.0.3.7
    certificate_secret: cassandra/tls-certificate
    privatekey_secret: cassandra/tls-private-key
    chain_secret: cassandra/tls-ca

- name: Certificate in files, with an elliptic-curve key
  dcos.security.dcos_ca_cert:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
    common_name: proxy.example.com
    key_type: ECDSA
    path: /etc/nginx/tls/proxy.crt
    privatekey_path: /etc/nginx/tls/proxy.key
    chain_path: /etc/nginx/tls/ca.crt
    owner: root
    remaining_days: 60

- name: Keystore and truststore for Kafka, whose password is a secret of its own
  dcos.security.dcos_ca_cert:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
    common_name: kafka.marathon.l4lb.thisdcos.directory
    certificate_secret: kafka/tls-certificate
    privatekey_secret: kafka/tls-private-key
    keystore_secret: kafka/keystore
    truststore_secret: kafka/truststore
    keystore_password_secret: kafka/keystore-password
    keystore_alias: broker

- name: Have a CSR signed whose key stays elsewhere
  dcos.security.dcos_ca_cert:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
    csr_path: /etc/ssl/requests/vault.csr
    path: /etc/ssl/vault.crt

- name: Keep the certificates of several services in the secret store
  dcos.security.dcos_ca_cert:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
    remaining_days: 60
    certificates:
      - common_name: cassandra.marathon.l4lb.thisdcos.directory
        certificate_secret: cassandra/tls-certificate
        privatekey_secret: cassandra/tls-private-key
      - common_name: kafka.marathon.l4lb.thisdcos.directory
        certificate_secret: kafka/tls-certificate
        privatekey_secret: kafka/tls-private-key
"""

RETURN = r"""
certificate:
  description: The certificate as PEM. In check mode the present one, even where it would be issued anew; empty, and
    all that describes it null, if there is none.
  returned: success
  type: str
  sample: "-----BEGIN CERTIFICATE-----\nMIID...\n-----END CERTIFICATE-----\n"
chain:
  description: Its issuers as PEM, the nearest first. Without O(chain_path) and O(chain_secret) only the CA that
    signs.
  returned: success
  type: str
  sample: "-----BEGIN CERTIFICATE-----\nMIID...\n-----END CERTIFICATE-----\n"
serial_number:
  description: Serial number, in decimal as text (it exceeds 64 bits).
  returned: success
  type: str
  sample: "534910837439180917458327"
not_before:
  description: Start of its validity.
  returned: success
  type: str
  sample: "2026-11-22T07:05:00Z"
not_after:
  description: End of its validity.
  returned: success
  type: str
  sample: "2036-11-19T07:05:00Z"
fingerprint:
  description: SHA-256 of its DER.
  returned: success
  type: str
  sample: "1f:0c:b2:69:6e:5e:84:f5:f9:d5:0d:5c:4c:5c:8c:58:1b:0a:0c:34:0f:9a:0c:7e:9e:0c:34:0f:9a:0c:7e:9e"
subject:
  description: Its subject.
  returned: success
  type: dict
  sample: {"CN": "proxy.example.com"}
subject_alt_name:
  description: Its subject alternative names.
  returned: success
  type: list
  elements: str
  sample: ["DNS:proxy.example.com", "IP:10.0.3.7"]
issuer:
  description: Subject of the CA that signed it.
  returned: success
  type: dict
  sample: {"CN": "DC/OS Root CA 2f1bb7e2", "O": "Mesosphere, Inc."}
reasons:
  description: Why it was issued anew, or what belongs to it written.
  returned: success
  type: list
  elements: str
  sample: [absent]
results:
  description: With O(certificates), what a task for each entry would return, in their order, with its name as
    C(item) and C(failed), and C(msg) and C(failure) if it did. Nothing else is returned then but RV(failures).
  returned: when O(certificates) is given
  type: list
  elements: dict
  sample: [{"item": "kafka/tls-certificate", "changed": true, "failed": false, "reasons": ["absent"]}]
failures:
  description: With O(certificates), those of RV(results) that failed, less what they returned. The others are done.
  returned: when O(certificates) is given
  type: list
  elements: dict
  sample: []
"""

import os
import secrets
from typing import Any

from ansible_collections.dcos.security.plugins.module_utils._certificate import Certificate, describe
from ansible_collections.dcos.security.plugins.module_utils._certificate_storage import (
    CertificateFiles,
    CertificateSecrets,
)
from ansible_collections.dcos.security.plugins.module_utils._client import Client, connect
from ansible_collections.dcos.security.plugins.module_utils._converge import converge
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.module_utils._files import read_or_predict
from ansible_collections.dcos.security.plugins.module_utils._keystores import check_password, check_truststores
from ansible_collections.dcos.security.plugins.module_utils._module import run_module
from ansible_collections.dcos.security.plugins.module_utils._names import check_secret_path
from ansible_collections.dcos.security.plugins.module_utils._reissue import WantedCertificate, told
from ansible_collections.dcos.security.plugins.module_utils._renewal import Java, Terms
from ansible_collections.dcos.security.plugins.module_utils._secrets import Secret
from ansible_collections.dcos.security.plugins.module_utils._task import STORE, Many, Params, Spec, Task
from ansible_collections.dcos.security.plugins.module_utils._x509 import (
    KEY_FORMATS,
    build_csr,
    checked_size,
    describe_csr,
    generate_key,
)
from ansible_collections.dcos.security.plugins.module_utils._x509_names import canonical_san, subject_name

SPEC: Spec = {
    "common_name": {"type": "str"},
    "hosts": {"type": "list", "elements": "str"},
    "subject": {"type": "dict", "options": {name: {"type": "str"} for name in ("C", "ST", "L", "O", "OU")}},
    "profile": {"type": "str"},
    "key_type": {"type": "str", "choices": ["RSA", "ECDSA"], "default": "RSA"},
    "key_size": {"type": "int", "choices": [256, 384, 521, 2048, 3072, 4096, 8192]},
    "key_source": {"type": "str", "choices": ["local", "ca"], "default": "local"},
    "csr_path": {"type": "path"},
    "csr_content": {"type": "str"},
    "path": {"type": "path", "aliases": ["certificate_path"]},
    "privatekey_path": {"type": "path", "no_log": False},
    "chain_path": {"type": "path"},
    "keystore_path": {"type": "path"},
    "truststore_path": {"type": "path"},
    "privatekey_format": {"type": "str", "choices": list(KEY_FORMATS), "no_log": False},
    "privatekey_mode": {"type": "raw", "default": "0600", "no_log": False},
    "certificate_secret": {"type": "str", "no_log": False},
    "privatekey_secret": {"type": "str", "no_log": False},
    "chain_secret": {"type": "str", "no_log": False},
    "keystore_secret": {"type": "str", "no_log": False},
    "truststore_secret": {"type": "str", "no_log": False},
    "keystore_password": {"type": "str", "no_log": True},
    "keystore_password_secret": {"type": "str", "no_log": False},
    "keystore_alias": {"type": "str", "no_log": False},
    **STORE,
    "remaining_days": {"type": "int", "default": 30},
    "renew_key": {"type": "bool", "default": False, "no_log": False},
    "force": {"type": "bool", "default": False},
}


# Which option names the place of which part, in files and in secrets.
FILES = {
    "certificate": "path",
    "private_key": "privatekey_path",
    "chain": "chain_path",
    "keystore": "keystore_path",
    "truststore": "truststore_path",
}
SECRETS = {
    "certificate": "certificate_secret",
    "private_key": "privatekey_secret",
    "chain": "chain_secret",
    "keystore": "keystore_secret",
    "truststore": "truststore_secret",
}
# What a CSR carries already, or leaves with its owner.
NOT_WITH_CSR = (
    *("common_name", "hosts", "subject", "key_size", "privatekey_path", "privatekey_secret", "privatekey_format"),
    *("keystore_path", "keystore_secret", "keystore_alias"),
)
RETURNED = ("serial_number", "not_before", "not_after", "fingerprint", "subject", "subject_alt_name", "issuer")


def _item(params: Params) -> str:
    """Return what to call an entry."""
    return params["path"] or params["certificate_secret"] or params["common_name"] or "?"


def _things(params: Params) -> list[object]:
    """Return the places of an entry, no matter of which part of a certificate."""
    files: list[object] = [os.path.realpath(params[name]) for name in FILES.values() if params[name]]
    return files + [(params["store"], check_secret_path(params[name])) for name in SECRETS.values() if params[name]]


MANY = Many(
    "certificates",
    own=("common_name", "hosts", "csr_path", "csr_content", *FILES.values(), *SECRETS.values()),
    item=_item,
    things=_things,
)


def run(task: Task) -> None:
    """Keep one certificate."""
    params = task.params
    wanted = _wanted(task)
    paths, in_files = _paths(params, with_key=not wanted.csr)
    alias = _check_keystores(params, paths, wanted)
    client = connect(task)
    storage: CertificateFiles | CertificateSecrets
    if in_files:
        storage = CertificateFiles(
            task.files,
            paths,
            params["mode"],
            params["privatekey_mode"],
            probe_folders=not (task.check_mode or params["unsafe_writes"]),
        )
    else:
        storage = CertificateSecrets(client, paths, params["store"])
    name = wanted.common_name or describe_csr(str(wanted.csr))["subject"].get("CN") or "the given CSR"
    terms = Terms(
        params["profile"],
        params["remaining_days"],
        params["renew_key"],
        params["force"],
        params["key_source"],
        params["privatekey_format"],
    )
    certificate = Certificate(
        client, name, storage, terms, lambda: Java(alias, _password(task, client)) if alias else None, task.hide
    )
    outcome = converge(task, certificate, wanted)
    if certificate.kept and not outcome.changed:
        task.warn(
            f"The certificate for '{name}' expires within {terms.remaining_days} days, but so would a new one, because "
            "the CA's own certificate or the profile ends too early. It is kept."
        )
    task.result["changed"] |= storage.set_attributes()
    parts, authority = outcome.after.parts, outcome.after.authority
    described = describe(parts.get("certificate"))
    task.result.update(
        certificate=parts.get("certificate", ""),
        chain=parts.get("chain") or authority["certificate"],
        reasons=told(certificate.reasons if outcome.changed else (), terms.remaining_days),
        **{returned: described.get(returned) for returned in RETURNED},
    )


def _wanted(task: Task) -> WantedCertificate:
    """Return what the options ask for. Raises InputError for options that do not go together."""
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
    size = checked_size(params["key_type"], params["key_size"])
    hosts: tuple[str, ...] = ()
    if csr:
        describe_csr(csr)
    else:
        # What cannot stand in a certificate is refused now, and in check mode, too.
        subject_name(params["common_name"], subject)
        hosts = tuple(canonical_san(host)[1] for host in params["hosts"] or [_host_of(params["common_name"])])
    return WantedCertificate(csr, params["common_name"], hosts, subject, params["key_type"], size)


def _host_of(common_name: str) -> str:
    """Return the common name as the one host that there is without O(hosts). Raises InputError where it is none."""
    try:
        canonical_san(common_name)
    except InputError as exc:
        raise InputError(
            f"The common name '{common_name}' is no DNS name or IP address, so it cannot be the host of the "
            "certificate: give hosts, the names and addresses that clients connect to."
        ) from exc
    return common_name


def _predicted_csr() -> str:
    """Return a CSR that no present certificate fits."""
    return build_csr(generate_key("ECDSA"), "the CSR to come", ["localhost"])


def _paths(params: dict[str, Any], with_key: bool) -> tuple[dict[str, str], bool]:
    """Return where the parts go, {part: path}, and whether into files.

    Raises InputError for two kinds of places or none, for a place that is missing, and for one that is given twice.
    """
    files, in_store = (
        {part: params[name] for part, name in names.items() if params[name]} for names in (FILES, SECRETS)
    )
    if bool(files) == bool(in_store):
        raise InputError(
            f"Say where the certificate is kept: either in files ({', '.join(FILES.values())}) or in secrets "
            f"({', '.join(SECRETS.values())})."
        )
    names, paths = (FILES, files) if files else (SECRETS, in_store)
    if "certificate" not in paths or (with_key and "private_key" not in paths):
        needed = names["certificate"] + (f" and {names['private_key']}" if with_key else "")
        raise InputError(f"Without {needed} the next run could not tell what it has: give {needed}.")
    places = [os.path.realpath(path) if files else path.lstrip("/") for path in paths.values()]
    if in_store and params["keystore_password_secret"]:
        places.append(params["keystore_password_secret"].lstrip("/"))
    if len(set(places)) < len(places):
        raise InputError(f"'{max(places, key=places.count)}' is given twice: each part has a place of its own.")
    return paths, bool(files)


def _check_keystores(params: dict[str, Any], paths: dict[str, str], wanted: WantedCertificate) -> str | None:
    """Return the alias of the key where keystores are kept, else None.

    Raises InputError where the password is missing, of no use, or given for nothing.
    """
    passwords = [name for name in ("keystore_password", "keystore_password_secret") if params[name] is not None]
    if not {"keystore", "truststore"} & set(paths):
        if passwords:
            raise InputError(
                f"{passwords[0]} is given, and no keystore or truststore: give keystore_path or truststore_path, or "
                "keystore_secret or truststore_secret."
            )
        return None
    if not passwords:
        raise InputError("A keystore or truststore has a password: give keystore_password or keystore_password_secret.")
    if params["keystore_password"] is not None:
        check_password(params["keystore_password"])
    if "truststore" in paths:
        check_truststores()
    return params["keystore_alias"] or wanted.common_name or "certificate"


def _password(task: Task, client: Client) -> str:
    """Return the password of the keystores. In check mode, a secret that is not there yet is predicted."""
    if task.params["keystore_password"] is not None:
        return str(task.params["keystore_password"])
    secret = Secret(client, task.params["keystore_password_secret"], task.params["store"])
    present = secret.read()
    if present is None:
        if not task.check_mode:
            raise InputError(
                f"keystore_password_secret: there is no {secret.label}. Create it first, with dcos_secret."
            )
        task.warn(f"There is no {secret.label}; check mode assumes that an earlier task makes it.")
        return secrets.token_urlsafe()
    value = present["value"]
    password = (value.decode("utf-8", "replace") if isinstance(value, bytes) else value).rstrip("\r\n")
    task.hide(password)
    check_password(password)
    return password


def main() -> None:
    run_module(
        run,
        SPEC,
        many=MANY,
        add_file_common_args=True,
        mutually_exclusive=[("csr_path", "csr_content"), ("keystore_password", "keystore_password_secret")],
    )


if __name__ == "__main__":
    main()
