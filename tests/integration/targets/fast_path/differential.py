# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the same playbooks on both paths a task can take, in the worker and as an ordinary module, and compare.

Compared are the events that reach a callback, key by key, what is shown on the terminal, and the requests sent.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from cluster import Cluster
from places import lay_out

HERE = Path(__file__).resolve().parent
NOBODY_LISTENS = "http://127.0.0.1:9"
UMASK = 0o027
LOGIN = "POST /acs/api/v1/auth/login"

# Values that are never the same twice, by key and by what they look like.
VOLATILE = ("serial_number", "public_key", "fingerprint", "password_hash")
TEXTS = (
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]+"), "TOKEN"),
    (re.compile(r"-----BEGIN [^-]+-----.*?-----END [^-]+-----(\\n)?", re.DOTALL), "PEM"),
    (re.compile(r"\b[0-9a-f]{2}(:[0-9a-f]{2}){19,}"), "FINGERPRINT"),
    (re.compile(r"\b\d{30,}"), "SERIAL"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"), "TIME"),
    (re.compile(r"Interrupted at <frame [^\"]*"), "FRAME"),
)

# They stand in the playbooks as values of options that hold secrets, and must stand in no result.
SECRETS = re.compile("a-(very|token|vaulted|secret)-[a-z-]+|(another|hidden)-secret-[a-z]+|hunter2hunter2")


class Run:
    """One run of a playbook: the events, what was shown, and the requests."""

    def __init__(
        self,
        playbook: Path,
        in_process: bool,
        cluster: Cluster,
        output: Path,
        folder: Path | None = None,
        umask: int = -1,
    ) -> None:
        shutil.rmtree(output, ignore_errors=True)
        (output / "tmp").mkdir(parents=True)
        # An interpreter that is not the controller's, though it has the same libraries.
        python = output / "python"
        python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n', encoding="utf-8")
        python.chmod(0o755)
        (output / "vault-password").write_text("vault-password", encoding="utf-8")
        variables = {
            **cluster.variables,
            "nobody_listens": NOBODY_LISTENS,
            "output_dir": str(output),
            "in_process": in_process,
        }
        cluster.reset()
        command = ["ansible-playbook", str(playbook), "-v", "-e", json.dumps(variables)]
        self.shown = show(command, output, folder, umask)
        self.state = cluster.ask("GET", "/_emulator/state")
        self.requests = cluster.requests()
        self.connections = cluster.relay.connections
        lines = (output / "events").read_text(encoding="utf-8").splitlines()
        self.events = [json.loads(line) for line in lines]


def show(command: list[str], output: Path, folder: Path | None = None, umask: int = -1) -> str:
    """Run a command of Ansible's; return what it showed, errors last. One that breaks down ends the test."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("DCOS_")}
    variables |= {
        "ANSIBLE_ASYNC_DIR": str(output),
        "ANSIBLE_BECOME_PLUGINS": f"{HERE}/become_plugins",
        "ANSIBLE_CALLBACK_PLUGINS": f"{HERE}/callback_plugins",
        "ANSIBLE_CONNECTION_PLUGINS": f"{HERE}/connection_plugins",
        "ANSIBLE_FORKS": "1",  # events in one order
        "ANSIBLE_INVENTORY": f"{HERE}/inventory.yml",
        "ANSIBLE_KEEP_REMOTE_FILES": "true",
        "ANSIBLE_NOCOLOR": "true",
        "ANSIBLE_PIPELINING": "false",
        "ANSIBLE_REMOTE_TMP": f"{output}/tmp",
        "ANSIBLE_VAULT_PASSWORD_FILE": f"{output}/vault-password",
        "EVENTS_FILE": f"{output}/events",
        "PYTHONHASHSEED": "0",  # core lists some choices in the order of a set
        "PYTHONPATH": os.pathsep.join(filter(None, (f"{HERE}/crash", os.environ.get("PYTHONPATH")))),
    }
    done = subprocess.run(
        command,
        env=variables,
        cwd=folder,
        umask=umask,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    shown = f"{done.stdout}\n{done.stderr}"
    if done.returncode:  # failures that are meant to be are ignored or rescued
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{shown}")
    return shown


def plain(value: Any, key: str = "") -> Any:
    """The value without what differs from run to run, or shows where code lies."""
    if isinstance(value, dict):
        return {name: plain(member, name) for name, member in value.items()}
    if isinstance(value, list):
        return [plain(member) for member in value]
    if key in VOLATILE:
        return type(value).__name__
    if not isinstance(value, str):
        return value
    if key == "exception":
        value = value.rstrip().rpartition("\n")[2]
    for pattern, word in TEXTS:
        value = pattern.sub(word, value)
    return value


def difference(worker: Any, module: Any) -> str:
    """Two values as text, compared line by line; empty if they are the same."""
    before, after = (json.dumps(plain(value), indent=1, sort_keys=True).splitlines() for value in (module, worker))
    return "\n".join(difflib.unified_diff(before, after, "as an ordinary module", "in the worker", lineterm="", n=8))


def check(condition: bool, text: str) -> None:
    """End the test with ``text`` unless the condition holds."""
    if not condition:
        sys.exit(f"FAILED: {text}")


def compare(name: str, cluster: Cluster, output: Path) -> tuple[Run, Run]:
    """Run the playbook ``name`` on both paths; both runs, worker first, if there is no difference."""
    playbook = HERE / "cases" / f"{name}.yml"
    worker, module = (Run(playbook, in_process, cluster, output) for in_process in (True, False))
    return compare_runs(playbook, worker, module)


def compare_places(cluster: Cluster, output: Path) -> None:
    """Compare a playbook that is run from another folder than its own, under another umask than the usual one.

    The cluster, too, must then hold the same, and the files that were written be as they are.
    """
    runs, files = [], []
    for in_process in (True, False):
        playbook = lay_out(output.parent / "places", cluster.variables["ca_path"], cluster.variables)
        runs.append(Run(playbook, in_process, cluster, output, playbook.parents[1] / "command", UMASK))
        files.append(files_in(playbook.parent))
    worker, module = compare_runs(playbook, *runs)
    found = difference(worker.state, module.state)
    check(not found, f"{playbook.name}: the cluster does not hold the same\n{found}")
    found = difference(*files)
    check(not found, f"{playbook.name}: the files are not the same\n{found}")
    for file in ("0o644 tls/a.crt", "0o600 tls/a.key"):
        check(file in files[0], f"{playbook.name}: the umask decides about modes, which are documented: {files[0]}")


def files_in(folder: Path) -> list[str]:
    """Return mode and path of each file below a folder."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return [f"{path.stat().st_mode & 0o7777:#o} {path.relative_to(folder)}" for path in found]


def compare_runs(playbook: Path, worker: Run, module: Run) -> tuple[Run, Run]:
    """Return both runs if there is no difference between them."""
    name = playbook.stem
    for ours, other in zip(worker.events, module.events, strict=False):
        check(
            not ours["module"] or ours["task"].endswith("(module)"),
            f"{playbook.name}: an ordinary module ran '{ours['task']}'",
        )
        found = difference({**ours, "module": None}, {**other, "module": None})
        check(not found, f"{playbook.name}: '{ours['task']}' differs\n{found}")
    check(len(worker.events) == len(module.events), f"{playbook.name}: not the same number of events")
    check(any(event["module"] for event in module.events), f"{playbook.name}: no ordinary module ran")
    found = difference(worker.shown.splitlines(), module.shown.splitlines())
    check(not found, f"{playbook.name}: not the same is shown\n{found}")
    # In the worker the items of a loop share one login, and a time-out ends a task, where a module's process lives on.
    # Parallel requests come in any order.
    ignored = re.compile(f"{LOGIN}|.*slow")
    found = difference(*(sorted(r for r in run.requests if not ignored.match(r)) for run in (worker, module)))
    check(not found, f"{playbook.name}: not the same is requested\n{found}")
    leak = SECRETS.search(json.dumps([event["result"] for event in worker.events]))
    check(not leak, f"{playbook.name}: '{leak and leak[0]}' in a result")
    print(f"{name}: {len(worker.events)} events, the same on both paths")
    return worker, module


def compare_ad_hoc(cluster: Cluster, output: Path) -> None:
    """Compare a command without a playbook, whose options are text."""
    variables = cluster.variables
    options = f"path=ad/hoc value=a-value url={variables['url']} ca_path={variables['ca_path']} retries=1 auth_token="
    shown = []
    for in_process in (True, False):
        cluster.reset()
        shutil.rmtree(output / "tmp", ignore_errors=True)
        command = ["ansible", "here", "-m", "dcos.security.dcos_secret", "-a", options + variables["token"]]
        shown.append(show([*command, "-e", f"in_process={in_process}"], output))
        check(in_process != any(output.glob("tmp/**/AnsiballZ_dcos_*")), "ad hoc: it took the other path")
    check("CHANGED" in shown[0], shown[0])
    found = difference(*(text.splitlines() for text in shown))
    check(not found, f"ad hoc:\n{found}")
    print("ad hoc: the same")


def main() -> None:
    """Run all, shortest first."""
    cluster = Cluster(Path(os.environ["OUTPUT_DIR"]))
    # Not in OUTPUT_DIR, which may have a space in its name: Ansible runs no module in the background there.
    folder = tempfile.TemporaryDirectory()
    work = Path(folder.name) / "run"
    try:
        worker, _module = compare("loop", cluster, work)
        logins = worker.requests.count(LOGIN)
        check((worker.connections, logins) == (1, 1), f"10 items: {worker.connections} connections, {logins} logins")

        compare_ad_hoc(cluster, work)

        handover = Run(HERE / "cases" / "handover.yml", True, cluster, work)
        for name in {event["task"] for event in handover.events}:
            ordinary = any(event["module"] for event in handover.events if event["task"] == name)
            check(name.endswith("(module)" if ordinary else ("(worker)", "(none)")), f"it is not so: {name}")
        print(f"handover: {len(handover.events)} events, each task where it belongs")

        compare_places(cluster, work)
        compare("crashes", cluster, work)
        compare("options", cluster, work)
        compare("cluster", cluster, work)
        compare("timeout", cluster, work)
    finally:
        cluster.stop()
        folder.cleanup()


if __name__ == "__main__":
    main()
