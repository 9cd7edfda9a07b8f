#!/usr/bin/python
# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dcos_ca_info
short_description: Read and verify the certificates of the cluster's CA
version_added: 1.0.0
author: the dcos.security maintainers (@dcos-security)
description:
  - Reads the certificates of the cluster's certificate authority (CA), the root that clients are to trust and the one
    that signs, and the signing profile.
  - With O(expected_fingerprint) it makes sure of the root before it is trusted. So a machine that does not know the
    CA yet can fetch it over an unverified connection, with O(validate_certs=false), as C(dcos cluster setup) does.
  - Nothing of that needs credentials, and none are sent. Only O(issued) logs in.
extends_documentation_fragment:
  - dcos.security.attributes.info_module
  - dcos.security.attributes.action_group
  - dcos.security.connection
options:
  profile:
    description:
      - Signing profile of the CA to read.
      - The CA takes a name that it does not know for its default profile, without saying so.
    type: str
  expected_fingerprint:
    description:
      - SHA-256 fingerprint that the root certificate must have, in hexadecimal, with or without colons. Get it by a
        way that you trust, for example on a master by
        C(openssl x509 -noout -fingerprint -sha256 -in /run/dcos/pki/CA/ca-bundle.crt).
      - The task fails if no root certificate of the cluster has it. RV(roots) holds only the one that does.
    type: str
  issued:
    description:
      - Also list the certificates that the CA issued and that are still valid.
      - Fails with a clear message on clusters that cannot, which are those since DC/OS 1.11. Needs
        C(dcos:adminrouter:ops:ca:ro) C(full), or C(dcos:superuser).
    type: bool
    default: false
notes:
  - Requests - 2, 3 with O(issued).
seealso:
  - module: dcos.security.dcos_ca_cert
"""

EXAMPLES = r"""
- name: Fetch the CA of a cluster that is not trusted yet, and make sure that it is the right one
  dcos.security.dcos_ca_info:
    url: https://dcos.example.com
    validate_certs: false
    expected_fingerprint: "{{ vault_dcos_ca_fingerprint }}"
  register: dcos_ca

- name: Trust it from now on
  ansible.builtin.copy:
    content: "{{ dcos_ca.roots[0].certificate }}"
    dest: /etc/ssl/dcos-ca.crt
    mode: "0644"

- name: Read the signing profile
  dcos.security.dcos_ca_info:
    url: https://dcos.example.com
    ca_path: /etc/ssl/dcos-ca.crt
  register: dcos_ca

- name: Warn before the CA itself ends
  ansible.builtin.assert:
    that: (dcos_ca.ca.not_after | to_datetime('%Y-%m-%dT%H:%M:%SZ') - now()).days > 365
"""

RETURN = r"""
ca:
  description: The CA that signs. Under a custom CA, that may be an intermediate one.
  returned: success
  type: dict
  contains:
    certificate:
      description: Its certificate as PEM.
      type: str
      sample: "-----BEGIN CERTIFICATE-----\nMIID...\n-----END CERTIFICATE-----\n"
    fingerprint:
      description: SHA-256 of its DER.
      type: str
      sample: "1f:0c:b2:69:6e:5e:84:f5:f9:d5:0d:5c:4c:5c:8c:58:1b:0a:0c:34:0f:9a:0c:7e:9e:0c:34:0f:9a:0c:7e:9e"
    subject:
      description: Its subject.
      type: dict
      sample: {"CN": "DC/OS Root CA 2f1bb7e2", "O": "Mesosphere, Inc."}
    issuer:
      description: Its issuer.
      type: dict
      sample: {"CN": "DC/OS Root CA 2f1bb7e2", "O": "Mesosphere, Inc."}
    serial_number:
      description: Serial number, in decimal as text.
      type: str
      sample: "534910837439180917458327"
    not_before:
      description: Start of its validity.
      type: str
      sample: "2026-11-22T07:05:00Z"
    not_after:
      description: End of its validity.
      type: str
      sample: "2036-11-19T07:05:00Z"
    subject_alt_name:
      description: Its subject alternative names.
      type: list
      elements: str
      sample: []
    key_type:
      description: Type of its key.
      type: str
      sample: RSA
    key_size:
      description: Size of its key in bits.
      type: int
      sample: 2048
    public_key_fingerprint:
      description: SHA-256 of its public key's DER SPKI.
      type: str
      sample: "1f:0c:b2:69:6e:5e:84:f5:f9:d5:0d:5c:4c:5c:8c:58:1b:0a:0c:34:0f:9a:0c:7e:9e:0c:34:0f:9a:0c:7e:9e"
    usages:
      description: Key usages of the certificates that it issues under O(profile).
      type: list
      elements: str
      sample: [signing, key encipherment, client auth, server auth]
    expiry:
      description: How long these are valid.
      type: str
      sample: 87600h
roots:
  description:
    - The root certificates that the cluster serves for clients to trust. With O(expected_fingerprint), the one that
      has it.
    - Of the same form as RV(ca), without C(usages) and C(expiry).
  returned: success
  type: list
  elements: dict
  sample:
    - fingerprint: "1f:0c:b2:69:6e:5e:84:f5:f9:d5:0d:5c:4c:5c:8c:58:1b:0a:0c:34:0f:9a:0c:7e:9e:0c:34:0f:9a:0c:7e:9e"
      certificate: "-----BEGIN CERTIFICATE-----\nMIID...\n-----END CERTIFICATE-----\n"
certificates:
  description: The valid certificates that the CA issued, as it describes them.
  returned: with O(issued=true)
  type: list
  elements: dict
  sample: []
"""

from ansible_collections.dcos.security.plugins.module_utils._authority import (
    check_fingerprint,
    issued,
    issued_by_any,
    roots,
    signer,
)
from ansible_collections.dcos.security.plugins.module_utils._client import connect
from ansible_collections.dcos.security.plugins.module_utils._module import run_module
from ansible_collections.dcos.security.plugins.module_utils._task import Spec, Task

SPEC: Spec = {
    "profile": {"type": "str"},
    "expected_fingerprint": {"type": "str"},
    "issued": {"type": "bool", "default": False},
}


def run(task: Task) -> None:
    """Read the CA, after making sure of it where a fingerprint is given."""
    expected = task.params["expected_fingerprint"]
    expected = None if expected is None else check_fingerprint(expected)
    anybody = connect(task, anonymous=True)
    task.result["roots"] = roots(anybody, expected)
    task.result["ca"] = signer(anybody, task.params["profile"])
    if expected and not issued_by_any(task.result["ca"], task.result["roots"]):
        task.warn(
            "The CA that signs was not issued by the expected root itself. That is so with a chain of intermediate "
            "CAs; otherwise do not trust it."
        )
    if task.params["issued"]:
        task.result["certificates"] = issued(connect(task))


def main() -> None:
    run_module(run, SPEC, subjects=[("expected_fingerprint",)])


if __name__ == "__main__":
    main()
