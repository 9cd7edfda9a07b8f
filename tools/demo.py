# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of a service identity on a local cluster, from nothing to nothing, with what it shows checked on the way."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from emulator import VARIABLES

DEMO = Path(__file__).resolve().parent / "demo"
ROOT = DEMO.parent.parent
BIN = Path(sys.prefix) / "bin"
RID = "dcos:mesos:master:framework:role:cassandra-role"

# The demo is to meet neither another cluster, nor another configuration, nor a proxy.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("DCOS_")} | {
    "ANSIBLE_NOCOWS": "true",
    "ANSIBLE_FORCE_COLOR": str(sys.stdout.isatty()),
    "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
    "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
    "ANSIBLE_LOCALHOST_WARNING": "false",
    "NO_PROXY": "127.0.0.1",
    "no_proxy": "127.0.0.1",
}


class Cluster:
    """A running dcos-emulator; ``environment`` is what Ansible needs to use it."""

    def __init__(self, ready: dict[str, str], folder: Path) -> None:
        self.url = ready["url"]
        self._context = ssl.create_default_context(cafile=ready["ca_path"])
        # Python 3.13 trusts no root without a SubjectKeyIdentifier, such as that of DC/OS.
        self._context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        self.environment = ENVIRONMENT | {name: ready[key] for name, key in VARIABLES.items()}
        configuration = folder / "ansible.cfg"
        configuration.touch()
        self.environment |= {
            "ANSIBLE_CONFIG": str(configuration),
            # So that all that Ansible writes can be looked through.
            "ANSIBLE_HOME": str(folder / "ansible"),
            "ANSIBLE_REMOTE_TMP": str(folder / "ansible" / "tmp"),
            "TMPDIR": str(folder),
        }

    def records(self) -> list[list[Any]]:
        """All that the cluster holds, as [kind, key, value]."""
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=self._context)
        )
        with opener.open(f"{self.url}/_emulator/state", timeout=10) as answer:
            records: list[list[Any]] = json.load(answer)["records"]
            return records

    def private_keys(self) -> set[str]:
        """A line out of the middle of every private key in the secret store."""
        secrets = json.dumps([value for kind, _key, value in self.records() if kind == "secret"])
        # Line ends are escaped, once or twice.
        pems = re.findall(r"BEGIN PRIVATE KEY-----(.+?)-----END", secrets)
        return {re.findall(r"[\w+/]{64}", pem)[10] for pem in pems}


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """A dcos-emulator that lives as long as the context."""
    command = [f"{BIN}/dcos-emulator", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) as emulator:
        try:
            assert emulator.stdout is not None
            line = emulator.stdout.readline()
            check(bool(line), "the emulator starts")
            yield Cluster(json.loads(line), folder)
        finally:
            emulator.terminate()


def say(text: str) -> None:
    """Tell the reader what comes next."""
    print(f"\n\n### {text}\n", flush=True)


def check(holds: bool, what: str) -> None:
    """Say that ``what`` holds, or end the demo."""
    if not holds:
        sys.exit(f"FAILED: {what}")
    print(f"--> checked: {what}", flush=True)


def run(cluster: Cluster, *command: str, show: bool = True, **environment: str) -> str:
    """Run one of Ansible's commands and return its output, without colours; ends the demo if the command fails."""
    print(f"$ {shlex.join(command)}", flush=True)
    output = []
    with subprocess.Popen(
        [BIN / command[0], *command[1:]],
        cwd=ROOT,
        env=cluster.environment | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            output.append(line)
            if show:
                print(line, end="", flush=True)
    if process.returncode:
        sys.exit("FAILED: " + ("see above" if show else "".join(output)))
    return re.sub(r"\x1b\[[\d;]*m", "", "".join(output))


def files_holding(texts: set[str], folders: list[Path], since: float) -> list[Path]:
    """The files below ``folders``, written since then, that hold one of ``texts``."""

    def holds(path: Path) -> bool:
        with contextlib.suppress(OSError):  # gone in the meantime
            if path.is_file() and path.stat().st_mtime >= since:
                content = path.read_bytes()
                return any(text.encode() in content for text in texts)
        return False

    return [path for folder in folders for path in folder.rglob("*") if holds(path)]


def main() -> None:
    """Show it; ends with a message and status 1 at the first thing that is not as it should be."""
    start = time.time()
    play = "tools/demo/cassandra.yml"
    with tempfile.TemporaryDirectory(prefix="dcos-demo-") as name:
        folder = Path(name)
        say("A cluster: dcos-emulator stands in for DC/OS Enterprise")
        with cluster(folder) as dcos:
            print(f"{dcos.url}, over TLS with its own CA")
            before = dcos.records()

            say("A complete identity for Cassandra: credential, account, permission, certificate, and a login as proof")
            output = run(dcos, "ansible-playbook", play)
            check("changed=4 " in output, "four things were made")

            say("Once more: nothing is left to do")
            output = run(dcos, "ansible-playbook", play)
            check("changed=0 " in output, "the second run changed nothing")

            say("What Cassandra does when it starts: log in with the credential in the secret store")
            output = run(dcos, "ansible-playbook", "tools/demo/login.yml")
            check("uid: cassandra" in output and RID in output, "the service logged in and may do what it should")

            say("A new key, proven before Cassandra gets it; Ansible tells and keeps all it can, which is searched")
            keys = dcos.private_keys()
            output = run(
                dcos,
                "ansible-playbook", "-vvvv", "dcos.security.rotate_service_identity",
                "-e", "service_identity_uid=cassandra", "-e", "dcos_in_process=false",
                show=False, ANSIBLE_KEEP_REMOTE_FILES="true",
            )  # fmt: skip
            check("changed=4 " in output, "the key was rotated")
            keys |= dcos.private_keys()
            check(len(keys) == 3, "there were three private keys: of the account before and after, of the certificate")
            check(not any(key in output for key in keys), f"none of them is in {len(output)} bytes of -vvvv output")
            kept = list(folder.rglob("AnsiballZ_dcos_*"))
            found = files_holding(keys, [folder, ROOT, Path.home() / ".ansible"], start)
            check(bool(kept), f"Ansible kept the {len(kept)} modules that it ran")
            check(not found, f"no private key is in them, or anywhere else on disk {found or ''}".strip())

            say("Tear down: the role leaves ACL objects alone, as others may use them, so the demo deletes its own")
            run(dcos, "ansible-playbook", play, "-e", "service_identity_state=absent")
            run(dcos, "ansible", "localhost", "-m", "dcos.security.dcos_acl", "-a", f"rid={RID} state=absent")
            check(dcos.records() == before, "nothing is left on the cluster")
    print(f"\nDone in {time.time() - start:.0f} seconds.")


if __name__ == "__main__":
    main()
