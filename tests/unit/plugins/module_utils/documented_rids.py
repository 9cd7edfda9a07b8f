# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Permissions as the public documentation of DC/OS writes them, by the page that has them.

Pages are those of the repository mesosphere/dcos-docs-site, below pages/mesosphere/dcos. Placeholders are filled in.
"""

from __future__ import annotations

# {page: lines of "rid action[,action]", as its lists, tables, commands and curl calls have them}
PAGES = {
    "2.2/security/ent/perms-reference (optional parts left out, and filled in)": """
        dcos:adminrouter:acs full
        dcos:adminrouter:ops:ca:ro full
        dcos:adminrouter:ops:ca:rw full
        dcos:adminrouter:ops:cockroachdb full
        dcos:adminrouter:ops:exhibitor full
        dcos:adminrouter:ops:mesos-dns full
        dcos:adminrouter:ops:mesos full
        dcos:adminrouter:ops:metadata full
        dcos:adminrouter:ops:networking full
        dcos:adminrouter:ops:slave full
        dcos:adminrouter:ops:system-health full
        dcos:adminrouter:ops:system-logs full
        dcos:adminrouter:ops:system-metrics full
        dcos:adminrouter:licensing full
        dcos:adminrouter:package full
        dcos:adminrouter:service:dev/web full
        dcos:adminrouter:service:marathon full
        dcos:adminrouter:service:metronome full
        dcos:mesos:agent:container:app_id update
        dcos:mesos:agent:container:app_id:/dev update
        dcos:mesos:agent:container:role update
        dcos:mesos:agent:container:role:slave_public update
        dcos:mesos:agent:endpoint:path read
        dcos:mesos:agent:endpoint:path:/containers read
        dcos:mesos:agent:executor:app_id read
        dcos:mesos:agent:executor:app_id:/dev/batch/job1 read
        dcos:mesos:agent:flags read
        dcos:mesos:agent:framework:role read
        dcos:mesos:agent:framework:role:slave_public read
        dcos:mesos:agent:log read
        dcos:mesos:agent:nested_container_session:app_id create
        dcos:mesos:agent:nested_container_session:role:slave_public create
        dcos:mesos:agent:nested_container_session:user:nobody create
        dcos:mesos:agent:resource_provider read
        dcos:mesos:agent:resource_provider_config create,update,delete
        dcos:mesos:agent:sandbox:app_id:/dev read
        dcos:mesos:agent:task:app_id read
        dcos:mesos:master:agent update,delete
        dcos:mesos:master:block_disk create,delete
        dcos:mesos:master:endpoint:path:/metrics/snapshot read
        dcos:mesos:master:executor:app_id read
        dcos:mesos:master:flags read
        dcos:mesos:master:framework:principal:kafka delete
        dcos:mesos:master:framework:role:kafka-role create
        dcos:mesos:master:log read
        dcos:mesos:master:mount_disk create,delete
        dcos:mesos:master:quota:role:dev read,update
        dcos:mesos:master:reservation:principal delete
        dcos:mesos:master:reservation:role create
        dcos:mesos:master:task:app_id:/dev create
        dcos:mesos:master:task:user:nobody create
        dcos:mesos:master:volume:principal:kafka delete
        dcos:mesos:master:volume:role:kafka-role create
        dcos:mesos:master:weight:role read,update
        dcos:service:marathon:marathon:admin:config read
        dcos:service:marathon:marathon:admin:events read,full
        dcos:service:marathon:marathon:admin:leader read,update,full
        dcos:service:marathon:marathon:services:/ create,read,update,delete,full
        dcos:service:marathon:marathon:services:/dev create,read,update,delete,full
        dcos:service:metronome:metronome:jobs create,read,update,delete,full
        dcos:service:metronome:metronome:jobs:dev.batch create,read,update,delete,full
        dcos:secrets:default:api-key create,read,update,delete,full
        dcos:secrets:default:/dev/api-key create,read,update,delete,full
        dcos:secrets:list:default:/ read
        dcos:secrets:list:default:/dev read
        dcos:cluster:linker:6f5f7d3a-1c5e-4f0a-9d2e-1b2c3d4e5f60 read
        dcos:cluster:linker:* create,read,update,delete
        dcos:superuser create,read,update,delete,full
    """,
    "2.2/security/ent/gui-permissions/services-tab, jobs-tab, secrets-tab": """
        dcos:adminrouter:service:marathon full
        dcos:service:marathon:marathon:services:/ full
        dcos:adminrouter:ops:mesos full
        dcos:adminrouter:ops:slave full
        dcos:mesos:master:framework:role:slave_public read
        dcos:mesos:master:framework:role:* read
        dcos:mesos:master:executor:app_id read
        dcos:mesos:master:task:app_id read
        dcos:mesos:agent:framework:role:* read
        dcos:mesos:agent:executor:app_id read
        dcos:mesos:agent:task:app_id read
        dcos:mesos:agent:sandbox:app_id read
        dcos:adminrouter:service:metronome full
        dcos:service:metronome:metronome:jobs full
        dcos:adminrouter:secrets full
        dcos:secrets:list:default:/ read
    """,
    "1.10/deploying-jobs and 2.2/deploying-jobs/quickstart (fine-grained access to jobs)": """
        dcos:service:metronome:metronome:jobs:/dev.batch.job1 read,update
        dcos:service:metronome:metronome:jobs:dev.batch.job1 read
        dcos:service:metronome:metronome:jobs:batch/job1 read,update
    """,
    "2.2/monitoring/debugging/debug-perms": """
        dcos:mesos:agent:container:app_id:/test-group read
        dcos:mesos:agent:container:app_id:/test-group update
        dcos:mesos:agent:nested_container_session:app_id:/test-group create
        dcos:mesos:master:executor:app_id:/test-group read
        dcos:mesos:master:framework:role:* read
        dcos:mesos:master:task:app_id:/test-group read
    """,
    "2.2/security/ent/restrict-service-access": """
        dcos:adminrouter:service:nginx full
        dcos:service:marathon:marathon:services:/prod-a full
        dcos:adminrouter:package full
    """,
    "services/include/security-create-permissions.tmpl": """
        dcos:mesos:master:framework:role:kafka-role create
        dcos:mesos:master:reservation:role:kafka-role create
        dcos:mesos:master:volume:role:kafka-role create
        dcos:mesos:master:task:user:nobody create
        dcos:mesos:master:reservation:principal:kafka delete
        dcos:mesos:master:volume:principal:kafka delete
    """,
    "services/edge-lb (permissions of pools and of the command line)": """
        dcos:adminrouter:service:dcos-edgelb/pools/web full
        dcos:service:marathon:marathon:services:/dcos-edgelb/pools/web full
        dcos:adminrouter:service:edgelb:/ping full
        dcos:adminrouter:service:edgelb:/config full
        dcos:adminrouter:service:edgelb:/pools/web full
        dcos:adminrouter:service:edgelb:/v1/loadbalancers full
        dcos:adminrouter:service:edgelb:/v2/pools full
        dcos:adminrouter:service:edgelb:/v2/pools/web full
        dcos:secrets:default:/dcos-edgelb/* full
        dcos:secrets:list:default:/dcos-edgelb/* full
    """,
    "services/storage/1.0.0/install": """
        dcos:mesos:master:block_disk:role full
        dcos:mesos:master:mount_disk:role full
        dcos:mesos:master:raw_disk:role full
        dcos:mesos:agent:endpoint:path:/api/v1 full
        dcos:mesos:agent:resource_provider_config full
        dcos:mesos:agent:resource_provider read
        dcos:mesos:master:reservation delete
        dcos:secrets:default:/storage/* full
        dcos:secrets:list:default:/storage read
    """,
    "services/kubernetes/2.8.0/getting-started/provision-sa-cluster (and the public nodes' rows)": """
        dcos:mesos:agent:task:user:root create
        dcos:mesos:master:framework:role:slave_public/cluster1-role create,read
        dcos:mesos:master:framework:role:slave_public read
        dcos:secrets:default:/cluster1/* full
        dcos:secrets:list:default:/cluster1 read
    """,
    "services/spark, services/data-science-engine": """
        dcos:mesos:master:task:app_id:/spark create
        dcos:mesos:master:task:role:dse create
        dcos:mesos:master:task:principal:dse create
        dcos:adminrouter:service:spark full
    """,
    "published scripts that ship with services (Portworx, backup)": """
        dcos:mesos:master:framework:role:slave_public: create
        dcos:mesos:master:framework:role:slave_public:* create
    """,
}

DOCUMENTED = [
    (page, rid, actions.split(","))
    for page, lines in PAGES.items()
    for rid, actions in (line.split() for line in lines.strip().splitlines())
]
