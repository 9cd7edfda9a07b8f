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
    chain belongs.
extends_documentation_fragment:
  - dcos.security.attributes
  - dcos.security.attributes.action_group
  - dcos.security.connection
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
        given, nor O(privatekey_path) or O(privatekey_secret).
    type: path
  csr_content:
    description: What O(csr_path) would hold. The two are mutually exclusive.
    type: str
  path:
    description:
      - Path of the file for the certificate.
      - Either files or secrets are required, and of them the certificate and, unless a CSR is given, the private key.
    type: path
  privatekey_path:
    description: Path of the file for the private key (PKCS#8).
    type: path
  chain_path:
    description: Path of the file for the issuers of the certificate.
    type: path
  privatekey_mode:
    description: Mode of the file with the private key. O(mode) is that of the other files, where a new one has V(0644)
      and an existing one keeps its own unless it is given. O(owner) and O(group) are those of all.
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
  store:
    description: Name of the secret store.
    type: str
    default: default
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
notes:
  - The CA issues to whoever has C(dcos:adminrouter:ops:ca:rw) C(full) or C(dcos:superuser).
  - Requests - 1 for a certificate in files that is as wanted, and with secrets 1 more for each of them. To issue one
    costs 1 more for the signature, 1 for a key that the CA makes, and with secrets 1 for each that is written and 1
    to read each back. For the chain of a CA that is no root, 2 more.
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

- name: Have a CSR signed whose key stays elsewhere
  dcos.security.dcos_ca_cert:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
    csr_path: /etc/ssl/requests/vault.csr
    path: /etc/ssl/vault.crt
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
  description: Why it was issued anew, or its chain written.
  returned: success
  type: list
  elements: str
  sample: [absent]
"""

from ansible_collections.dcos.security.plugins.module_utils._certificate import Keeper, wanted_of
from ansible_collections.dcos.security.plugins.module_utils._client import connect
from ansible_collections.dcos.security.plugins.module_utils._module import run_module
from ansible_collections.dcos.security.plugins.module_utils._places import opened, places_of

SPEC = {
    "common_name": {"type": "str"},
    "hosts": {"type": "list", "elements": "str"},
    "subject": {"type": "dict", "options": {name: {"type": "str"} for name in ("C", "ST", "L", "O", "OU")}},
    "profile": {"type": "str"},
    "key_type": {"type": "str", "choices": ["RSA", "ECDSA"], "default": "RSA"},
    "key_size": {"type": "int", "choices": [256, 384, 521, 2048, 3072, 4096, 8192]},
    "key_source": {"type": "str", "choices": ["local", "ca"], "default": "local"},
    "csr_path": {"type": "path"},
    "csr_content": {"type": "str"},
    "path": {"type": "path"},
    "privatekey_path": {"type": "path", "no_log": False},
    "chain_path": {"type": "path"},
    "privatekey_mode": {"type": "raw", "default": "0600", "no_log": False},
    "certificate_secret": {"type": "str", "no_log": False},
    "privatekey_secret": {"type": "str", "no_log": False},
    "chain_secret": {"type": "str", "no_log": False},
    "store": {"type": "str", "default": "default"},
    "remaining_days": {"type": "int", "default": 30},
    "renew_key": {"type": "bool", "default": False, "no_log": False},
    "force": {"type": "bool", "default": False},
}


def run(task):
    """Keep one certificate."""
    wanted = wanted_of(task)
    places = places_of(task.params, with_key=not wanted.csr)
    client = connect(task)
    Keeper(task, client, wanted, opened(task, client, places), task.params).converge()


def main():
    run_module(run, SPEC, add_file_common_args=True, mutually_exclusive=[("csr_path", "csr_content")])


if __name__ == "__main__":
    main()
