#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 the dcos.security maintainers
# SPDX-License-Identifier: GPL-3.0-or-later

# A cluster that others have set up, taken over: first a look at what is there and what is wrong with it, then a list of it all,
# which belongs under version control. Nothing on the cluster is changed.

set -euo pipefail
folder=${1:-dcos}
mkdir -p "$folder"

ansible-playbook dcos.security.audit_identities -e audit_path="$folder/audit"
ansible-playbook dcos.security.export_identities -e export_path="$folder/service_identities.yml" -e export_force=true

# From now on a pipeline may run this every day: it fails if somebody has changed an identity by hand, or made one.
ansible-playbook dcos.security.provision_service_identity -e @"$folder/service_identities.yml" --check \
    -e service_identities_fail_on_change=true -e service_identities_unmanaged=fail
