#!/usr/bin/python
# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: dcos_service_identity_info
short_description: Read whole service identities
version_added: 1.0.0
author: the dcos.security maintainers (@dcos-security)
description:
  - Reads everything that makes a service somebody on the cluster, for all service accounts or some. That is the
    account, its groups and permissions, its credential and its certificates in the secret store.
  - It also tells what belongs to nobody, such as credentials of accounts that do not exist.
  - It never changes anything. Values of secrets are looked at inside the module and do not leave it, nor do hashes of
    them. Fingerprints are those of public keys.
  - What the token may not read is left out and named in RV(unknown) with the permission that is missing.
extends_documentation_fragment:
  - dcos.security.attributes.info_module
  - dcos.security.attributes.action_group
  - dcos.security.connection
  - dcos.security.store
options:
  uid:
    description:
      - Accounts to read. If not given, all service accounts are read, and what belongs to nobody.
      - One that does not exist is left out, with a warning.
    type: list
    elements: str
  people:
    description: Whether to read the local users, too, for their groups and permissions.
    type: bool
    default: false
  secrets:
    description:
      - Where to look for credentials and certificates.
      - V(all) reads every secret of the store.
      - V(folders) reads those in the folders that are called as the accounts are; V(a/b) for V(a__b).
      - V(none) does not look into the store at all. Nothing is said of credentials and certificates then.
    type: str
    choices: [all, folders, none]
    default: all
  native:
    description:
      - Whether to include accounts of DC/OS itself, whose names begin with V(dcos_), and ACLs that clusters have of
        themselves. A native account that is named in O(uid) is always included.
    type: bool
    default: false
  concurrency:
    description: How many requests are sent at a time.
    type: int
    default: 16
notes:
  - Needs C(dcos:adminrouter:acs) C(full) for accounts, groups and permissions, C(dcos:secrets:list:default:/) C(read)
    and C(dcos:secrets:default:/<path>) C(read) for secrets; or C(dcos:superuser).
  - Requests - 5 in all, 1 for each account, 3 for each group, 1 for each secret, and 1 for each ACL that no service
    account and no group has a permission on. With O(uid) 3 for each account and 1 for each secret.
  - A certificate belongs to the account whose credential lies in its folder or in the next one above it, or whose name
    that folder has.
seealso:
  - module: dcos.security.dcos_service_account_info
  - module: dcos.security.dcos_acl_info
  - plugin: dcos.security.identity_findings
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read all identities of the cluster
  dcos.security.dcos_service_identity_info:
    url: https://dcos.example.com
    ca_path: /etc/ssl/dcos-ca.crt
    auth_token: "{{ dcos_login.token }}"
  register: cluster

- name: Who is a superuser?
  ansible.builtin.debug:
    msg: "{{ cluster.identities | rejectattr('superuser', 'in', ['none', none]) | map(attribute='uid') }}"

- name: Whose credential does not belong to the account?
  ansible.builtin.debug:
    msg: >-
      {{ cluster.identities | selectattr('credentials') | subelements('credentials')
         | rejectattr('1.matches') | map('first') | map(attribute='uid') }}

- name: Read one identity, without looking at other secrets than those in its folder
  dcos.security.dcos_service_identity_info:
    url: https://dcos.example.com
    auth_token: "{{ dcos_login.token }}"
    uid: [cassandra]
    secrets: folders
  register: cassandra
"""

RETURN = r"""
identities:
  description: The identities, sorted by uid.
  returned: success
  type: list
  elements: dict
  contains:
    uid:
      description: Name of the account.
      type: str
      sample: cassandra
    description:
      description: Its description.
      type: str
      sample: Cassandra of the analytics team
    is_service:
      description: Whether it is a service account, and not a person.
      type: bool
      sample: true
    public_key:
      description: Its public key, as it was given to the cluster. Null for people.
      type: str
      sample: "-----BEGIN PUBLIC KEY-----\nMIIB...\n-----END PUBLIC KEY-----\n"
    fingerprint:
      description: SHA-256 of the key's DER SPKI. Null for people, and for a key that cannot be read here.
      type: str
      sample: "1f:0c:b2:69:6e:5e:84:f5:f9:d5:0d:5c:4c:5c:8c:58:1b:0a:0c:34:0f:9a:0c:7e:9e:0c:34:0f:9a:0c:7e:9e"
    key_size:
      description: Size of the key in bits, or null.
      type: int
      sample: 2048
    groups:
      description: The groups that it is a member of. Null if they may not be read.
      type: list
      elements: str
      sample: [databases]
    permissions:
      description: Its direct permissions, sorted by rid. Null if they may not be read.
      type: list
      elements: dict
      sample: [{"rid": "dcos:mesos:master:framework:role:cassandra-role", "actions": ["create"]}]
    inherited:
      description: The permissions that it has by way of groups, with the C(gid) of each.
      type: list
      elements: dict
      sample: [{"rid": "dcos:adminrouter:package", "actions": ["full"], "gid": "databases"}]
    superuser:
      description: V(direct), the group that makes it a superuser, or V(none). Null if that is unknown.
      type: str
      sample: none
    credentials:
      description: The secrets that hold a credential of this account. Null where they were not read.
      type: list
      elements: dict
      contains:
        path:
          description: Path of the secret.
          type: str
          sample: cassandra/service-account
        fingerprint:
          description: Fingerprint of the public half of its key, or null if there is no readable one.
          type: str
          sample: "1f:0c:b2:69:6e:5e:84:f5:f9:d5:0d:5c:4c:5c:8c:58:1b:0a:0c:34:0f:9a:0c:7e:9e:0c:34:0f:9a:0c:7e:9e"
        key_size:
          description: Size of its key in bits, or null.
          type: int
          sample: 2048
        matches:
          description: Whether that is the key of the account.
          type: bool
          sample: true
        login_endpoint:
          description: Where the service logs in.
          type: str
          sample: https://leader.mesos/acs/api/v1/auth/login
        problems:
          description: What is wrong with its form, in sentences.
          type: list
          elements: str
          sample: []
    certificates:
      description: The certificates that belong to this account. Null where they were not read.
      type: list
      elements: dict
      contains: &certificate
        certificate_secret:
          description: Path of the secret with the certificate.
          type: str
          sample: cassandra/node-certificate
        privatekey_secret:
          description: Path of the secret with its key, or null if none was found beside it.
          type: str
          sample: cassandra/node-private-key
        chain_secret:
          description: Path of the secret with its issuers, or null.
          type: str
          sample: cassandra/node-ca
        common_name:
          description: Its common name.
          type: str
          sample: node.cassandra.l4lb.thisdcos.directory
        subject:
          description: What its subject says beside that, by C(C), C(ST), C(L), C(O) and C(OU).
          type: dict
          sample: {"O": "Example"}
        hosts:
          description: Its subject alternative names.
          type: list
          elements: str
          sample: [node.cassandra.l4lb.thisdcos.directory]
        key_type:
          description: V(RSA) or V(ECDSA).
          type: str
          sample: RSA
        key_size:
          description: Size of its key in bits.
          type: int
          sample: 2048
        not_after:
          description: When it ends (ISO 8601).
          type: str
          sample: "2036-11-23T08:00:00Z"
        fingerprint:
          description: Fingerprint of its public key, as those of accounts are.
          type: str
          sample: "1f:0c:b2:69:6e:5e:84:f5:f9:d5:0d:5c:4c:5c:8c:58:1b:0a:0c:34:0f:9a:0c:7e:9e:0c:34:0f:9a:0c:7e:9e"
        key_matches:
          description: Whether the key belongs to it. Null if there is none.
          type: bool
          sample: true
        chain_matches:
          description: Whether the first certificate in the chain has issued it. Null if there is none.
          type: bool
          sample: true
        signed_by_cluster:
          description: Whether it was issued by the present CA of the cluster. Null if that is unknown.
          type: bool
          sample: true
        unread:
          description:
            - Which of C(privatekey_secret) and C(chain_secret) are null, and the token may not read all secrets in the
              folder, so that they may be there.
          type: list
          elements: str
          sample: []
    unfinished:
      description: What was begun with this account and not finished, V(none), V(key_replacement) or V(rotation).
      type: str
      sample: none
    unread:
      description:
        - Which of these members are null or not complete, as the token may not read all of it, or O(secrets) leaves
          them out.
      type: list
      elements: str
      sample: []
unattached:
  description: What belongs to no account. A member is null if it cannot be told.
  returned: when O(uid) is not given
  type: dict
  contains:
    credentials:
      description: Credentials of accounts that do not exist, with their C(uid) and otherwise as in RV(identities).
      type: list
      elements: dict
    certificates:
      description: Certificates in folders of nobody, as in RV(identities).
      type: list
      elements: dict
    acls:
      description: ACLs on which nobody has a permission.
      type: list
      elements: str
      sample: ["dcos:secrets:default:/gone/*"]
    groups:
      description: Groups without members.
      type: list
      elements: str
      sample: [retired]
    journals:
      description: Groups that hold the journal of a key replacement, and no account is waiting for its end.
      type: list
      elements: str
      sample: []
groups:
  description: All groups, with C(gid), C(description), C(members) and C(permissions). Null if they may not be read.
  returned: when O(uid) is not given
  type: list
  elements: dict
  sample: [{"gid": "databases", "description": "", "members": ["cassandra"], "permissions": []}]
acls:
  description: All ACLs, with C(rid) and C(description). Null if they may not be read.
  returned: when O(uid) is not given
  type: list
  elements: dict
  sample: [{"rid": "dcos:adminrouter:package", "description": "Package management"}]
native_accounts:
  description: Accounts of DC/OS itself among those that were read, whether they are in RV(identities) or not.
  returned: success
  type: list
  elements: dict
  sample: [{"uid": "dcos_marathon", "fingerprint": null, "key_size": null, "superuser": "direct"}]
unknown:
  description: What could not be read, as C(what), and the C(permission) that is missing.
  returned: success
  type: list
  elements: dict
  sample: [{"what": "secret 'cassandra/tls'", "permission": "dcos:secrets:default:/cassandra/tls read"}]
partial:
  description: Whether something could not be read.
  returned: success
  type: bool
  sample: false
store:
  description: The secret store.
  returned: success
  type: str
  sample: default
read_at:
  description: When it was read (ISO 8601).
  returned: success
  type: str
  sample: "2026-11-23T08:00:00Z"
"""

from ansible_collections.dcos.security.plugins.module_utils._client import connect
from ansible_collections.dcos.security.plugins.module_utils._identity_facts import read_facts
from ansible_collections.dcos.security.plugins.module_utils._module import run_module
from ansible_collections.dcos.security.plugins.module_utils._task import STORE, Spec, Task

SPEC: Spec = {
    "uid": {"type": "list", "elements": "str"},
    "people": {"type": "bool", "default": False},
    **STORE,
    "secrets": {"type": "str", "choices": ["all", "folders", "none"], "default": "all", "no_log": False},
    "native": {"type": "bool", "default": False},
    "concurrency": {"type": "int", "default": 16},
}


def run(task: Task) -> None:
    """Read identities."""
    options = {name: task.params[name] for name in SPEC if name != "uid"}
    facts, missing = read_facts(connect(task), task.params["uid"], **options, progress=task.progress)
    if missing:
        task.warn(f"There is no account {', '.join(repr(uid) for uid in missing)}.")
    task.result.update(facts)


def main() -> None:
    run_module(run, SPEC, subjects=[("uid",)])


if __name__ == "__main__":
    main()
