# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  url:
    description:
      - Address of the cluster, or of the load balancer in front of its masters, such as V(https://dcos.example.com).
        Inside the cluster, V(https://master.mesos).
      - Falls back to the environment variable E(DCOS_URL).
    type: str
  auth_method:
    description:
      - How to authenticate. With V(auto), the first that the given options allow, in this order - O(auth_token),
        O(auth_credential), O(auth_username) with a private key, O(auth_username) with O(auth_password). It is the
        default.
      - V(cli) uses the cluster that the DC/OS CLI is attached to, its token and its CA. See also O(cluster).
      - Falls back to the environment variable E(DCOS_AUTH_METHOD).
    type: str
    choices: [auto, token, password, service_account, cli]
  auth_token:
    description:
      - A DC/OS authentication token, as C(dcos auth login) and M(dcos.security.dcos_login) obtain it.
      - When it is about to expire, or the cluster rejects it, it is replaced by a new login if other credentials
        allow one. One of white space alone counts as not given.
      - Falls back to the environment variable E(DCOS_ACS_TOKEN).
      - What is given in the task or in C(module_defaults) comes before the environment as a whole. If any credential
        option is given, the environment variables of the others only complete it or serve to renew its token.
    type: str
  auth_username:
    description:
      - Name (uid) of the local user to log in as, or, with a private key, of the service account.
      - Falls back to the environment variable E(DCOS_USERNAME).
    type: str
  auth_password:
    description:
      - Password of O(auth_username).
      - Falls back to the environment variable E(DCOS_PASSWORD).
    type: str
  auth_private_key:
    description:
      - RSA private key, in PEM, of the service account O(auth_username).
      - It signs a service login token that is valid for five minutes, so the clock of the machine must be right.
    type: str
  auth_private_key_path:
    description:
      - Path of a file with what O(auth_private_key) takes. The latter comes first if both are given.
      - Falls back to the environment variable E(DCOS_PRIVATE_KEY_PATH).
    type: path
  auth_credential:
    description:
      - The JSON of a service-account secret (with C(uid) and C(private_key)), or V(file://PATH) to a file that holds
        it.
      - The login goes to O(url), never to the C(login_endpoint) of the credential.
      - Falls back to the environment variable E(DCOS_SERVICE_ACCOUNT_CREDENTIAL), which DC/OS sets for services.
    type: jsonarg
  cluster:
    description:
      - Name or id of a cluster in the configuration of the DC/OS CLI, to use its URL, token and CA. The CLI keeps it
        in the folder E(DCOS_DIR), by default C(~/.dcos).
      - Mutually exclusive with O(url) and with credential options. As an option it comes before E(DCOS_URL).
      - Falls back to the environment variable E(DCOS_CLUSTER).
    type: str
  ca_path:
    description:
      - File with the CA certificates (PEM) to trust. It wins over E(REQUESTS_CA_BUNDLE) and E(CURL_CA_BUNDLE).
      - On a master the file is C(/run/dcos/pki/CA/ca-bundle.crt). The cluster also serves it as C(/ca/dcos-ca.crt);
        compare its fingerprint with a known one before you trust a copy that came over the network.
      - Falls back to the environment variable E(DCOS_TLS_CA_PATH).
    type: path
  validate_certs:
    description:
      - Whether to verify the TLS certificate of the cluster. The default is V(true).
      - Falls back to the inverse of the environment variable E(DCOS_TLS_INSECURE).
    type: bool
  timeout:
    description:
      - Seconds to wait for the connection, and for the next part of an answer. The default is V(30).
      - A request takes at most four times that, its repetitions and the pauses between them included.
      - Falls back to the environment variable E(DCOS_TIMEOUT).
    type: float
  retries:
    description:
      - How often a request is repeated after a connection error or one of the statuses 429, 502, 503 and 504.
        Requests that issue a certificate are not repeated once they were sent.
    type: int
    default: 3
notes:
  - The modules run on the controller in nearly all cases (C(connection=local), or C(delegate_to=localhost)); the host
    that runs a task needs the libraries below and access to the cluster.
  - Without a token, the first request of a process is one login; the items of a loop share it on the controller. The
    numbers of requests that modules name are without it.
  - Proxies are taken from the usual environment variables. The collection writes no token to disk.
  - A task that fails at a request returns C(failure), a dictionary with the C(status) of the answer (null if there was
    none), the error C(code) of DC/OS if it gave one, and C(method) and C(path) of the request.
requirements:
  - requests >= 2.28
  - cryptography >= 38.0 (for keys and certificates)
  - PyJWT >= 2.4 (to log in as a service account)
  - tomli (for O(auth_method=cli) on Python before 3.11)
"""

    # For plugins on the controller. The environment variables are not declared as such (``env``), because that would
    # hide which options were given, and what is given comes before the environment as a whole. Secrets are not for
    # ansible.cfg.
    PLUGINS = r"""
options:
  url:
    vars:
      - name: dcos_url
    ini:
      - section: dcos_security
        key: url
  auth_method:
    vars:
      - name: dcos_auth_method
    ini:
      - section: dcos_security
        key: auth_method
  auth_token:
    vars:
      - name: dcos_auth_token
  auth_username:
    vars:
      - name: dcos_auth_username
    ini:
      - section: dcos_security
        key: auth_username
  auth_password:
    vars:
      - name: dcos_auth_password
  auth_private_key:
    vars:
      - name: dcos_auth_private_key
  auth_private_key_path:
    vars:
      - name: dcos_auth_private_key_path
    ini:
      - section: dcos_security
        key: auth_private_key_path
  auth_credential:
    type: raw
    vars:
      - name: dcos_auth_credential
  cluster:
    vars:
      - name: dcos_cluster
    ini:
      - section: dcos_security
        key: cluster
  ca_path:
    vars:
      - name: dcos_ca_path
    ini:
      - section: dcos_security
        key: ca_path
  validate_certs:
    vars:
      - name: dcos_validate_certs
    ini:
      - section: dcos_security
        key: validate_certs
  timeout:
    vars:
      - name: dcos_timeout
    ini:
      - section: dcos_security
        key: timeout
  retries:
    vars:
      - name: dcos_retries
    ini:
      - section: dcos_security
        key: retries
notes:
  - A plugin on the controller sees the environment in which Ansible was started, and not the C(environment) of a task
    or play.
  - What it returns can end up in the results of tasks, where C(no_log) keeps it out of sight.
"""
