# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``dcos-deploy`` from PyPI, unmodified, works against the emulator.

DCOS_DEPLOY names its executable; its pinned dependencies want a Python of 3.8 and an environment of its own:
``python3.8 -m venv V && V/bin/pip install 'setuptools<58' wheel && V/bin/pip install --no-build-isolation dcos-deploy``
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from emulator_process import Running

DCOS_DEPLOY = os.environ.get("DCOS_DEPLOY")

pytestmark = pytest.mark.skipif(not DCOS_DEPLOY, reason="DCOS_DEPLOY does not name the executable of dcos-deploy")

CONFIGURATION = """
operators:
  type: iam_group
  name: operators
  description: Operators
  permissions:
    "dcos:secrets:default:/kafka/*":
      - read
alice:
  type: iam_user
  name: alice
  description: Alice
  password: geheim
  update_password: false
  groups: [operators]
  permissions:
    "dcos:adminrouter:service:marathon": [full]
  dependencies: [operators]
kafka:
  type: serviceaccount
  name: kafka
  secret: kafka/service-account
  groups: [superusers]
  permissions:
    "dcos:mesos:master:framework:role:slave_public/kafka-role": [create, read]
    "dcos:mesos:master:task:user:nobody": [create]
text:
  type: secret
  path: kafka/text
  value: "some text"
file:
  type: secret
  path: kafka/file
  file: content.bin
certificate:
  type: cert
  cert_secret: kafka/certificate
  key_secret: kafka/private-key
  dn: {CN: kafka, O: Example, C: US}
  hostnames: [kafka.example.com]
"""


def dcos_deploy(emulator: Running, directory: Path, *arguments: str, **environment: str) -> str:
    result = subprocess.run(
        [str(DCOS_DEPLOY), *arguments, "--yes"],
        cwd=directory,
        capture_output=True,
        text=True,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(directory),
            "LC_ALL": "C.UTF-8",
            "NO_PROXY": "*",
            "DCOS_BASE_URL": emulator.url,
            **(environment or {"DCOS_USERNAME": "bootstrapuser", "DCOS_PASSWORD": "deleteme"}),
        },
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_apply_and_delete(start_emulator, tmp_path: Path) -> None:
    emulator = start_emulator("--port", "0")
    (tmp_path / "dcos.yml").write_text(CONFIGURATION)
    (tmp_path / "content.bin").write_bytes(bytes(range(256)))
    dcos_deploy(emulator, tmp_path, "apply")

    (permission, other) = emulator.iam("GET", "users/kafka/permissions").json()["direct"]
    assert permission["rid"] == "dcos:mesos:master:framework:role:slave_public/kafka-role"
    assert [action["name"] for action in permission["actions"]] == ["create", "read"]
    assert other["rid"] == "dcos:mesos:master:task:user:nobody"
    assert emulator.call("GET", "/secrets/v1/secret/default/kafka/file").body == bytes(range(256))
    assert emulator.login("alice", password="geheim")
    paths = emulator.call("GET", "/secrets/v1/secret/default/kafka?list=true").json()["array"]
    assert paths == ["certificate", "file", "private-key", "service-account", "text"]

    # Nothing is left to do, also for the service account that was made, logging in with its own credential.
    value = emulator.call("GET", "/secrets/v1/secret/default/kafka/service-account").json()["value"]
    credential = json.loads(value) | {"login_endpoint": f"{emulator.url}/acs/api/v1/auth/login"}
    state = emulator.send("GET", "/_emulator/state").body
    dcos_deploy(emulator, tmp_path, "apply", DCOS_SERVICE_ACCOUNT_CREDENTIAL=json.dumps(credential))
    assert emulator.send("GET", "/_emulator/state").body == state

    dcos_deploy(emulator, tmp_path, "delete")
    assert emulator.call("GET", "/secrets/v1/secret/default/?list=true").json() == {"array": []}
    assert emulator.iam("GET", "users?type=service").json() == {"array": []}
    entries = emulator.send("GET", "/_emulator/journal").json()["entries"]
    assert [entry for entry in entries if entry["status"] >= 500] == []
