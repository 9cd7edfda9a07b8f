#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 the dcos.security maintainers
# SPDX-License-Identifier: GPL-3.0-or-later

# A step of a pipeline, without a playbook of its own. The pipeline's variables hold DCOS_URL, DCOS_USERNAME, DCOS_PASSWORD
# and, as a file, DCOS_TLS_CA_PATH; DB_PASSWORD is a secret of the service. None of them becomes an argument, which every user
# of the machine could read: they are taken from the environment where the task runs.

set -euo pipefail
: "${DCOS_URL:?}" "${DCOS_USERNAME:?}" "${DCOS_PASSWORD:?}" "${DB_PASSWORD:?}"

# Credential, account and the login that proves them; or, the second time, that all is as it should be.
ansible-playbook dcos.security.provision_service_identity \
    -e service_identity_uid=shop -e service_identity_service=/shop -e service_identity_presets=sdk

ansible localhost -m dcos.security.dcos_secret \
    -a "path=shop/db-password value={{ lookup('ansible.builtin.env', 'DB_PASSWORD') }}"

ansible localhost -m dcos.security.dcos_acl \
    -a 'uid=shop rid=dcos:adminrouter:ops:ca:ro actions=full'
