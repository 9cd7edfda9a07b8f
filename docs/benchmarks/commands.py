# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured, as commands: ansible-playbook, curl and dcos-deploy."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from cluster import ENVIRONMENT, Cluster
from measure import Command

HERE = Path(__file__).resolve().parent
PLAYBOOKS = HERE / "playbooks"
BIN = Path(sys.prefix) / "bin"
DCOS_DEPLOY = HERE.parent.parent / ".cache" / "dcos-deploy"


class Workshop:
    """Makes commands; what they need in files it writes to ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "ansible.cfg").touch()
        self._ansible = ENVIRONMENT | {
            # Ansible as it is without any configuration.
            "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
            "ANSIBLE_HOME": str(folder / "ansible"),
            "ANSIBLE_NOCOLOR": "true",
            "ANSIBLE_NOCOWS": "true",
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        }

    def file(self, name: str, content: Any) -> Path:
        """Write a file, as JSON if ``content`` is no text, and return its path."""
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    def playbook(
        self, playbook: str | Path, cluster: Cluster, *options: str, token: bool = False, **variables: Any
    ) -> Command:
        """``ansible-playbook`` with ``variables``, which come from a file, and the cluster in the environment.

        Args:
            playbook: one of the directory playbooks, a path, or the name of one of the collection.
            token: give the token of a login made before, and not a password.
        """
        name = PLAYBOOKS / playbook if (PLAYBOOKS / playbook).exists() else playbook
        arguments = [str(BIN / "ansible-playbook"), str(name), *options]
        if variables:
            arguments += ["-e", f"@{self.file(f'{Path(playbook).stem}-variables.json', variables)}"]
        return Command(arguments, self._ansible | _connection(cluster, token), self.folder)

    def curl(
        self, cluster: Cluster, requests: Iterator[tuple[str, Any]], concurrency: int, method: str = "PUT"
    ) -> Command:
        """``curl --parallel`` that sends (path, body) over connections that it keeps, and says all their statuses."""
        blocks = []
        for path, body in requests:
            lines = [
                f'url = "{cluster.url}{path}"',
                f'request = "{method}"',
                f'cacert = "{cluster.ca_path}"',
                f'header = "Authorization: token={cluster.token}"',
                'output = "/dev/null"',
                "no-progress-meter",
                'write-out = "%{http_code}\\n"',
            ]
            if body is not None:
                lines += ['header = "Content-Type: application/json"', f"data = {json.dumps(json.dumps(body))}"]
            blocks.append("\n".join(lines))
        config = self.file("curl.cfg", "\nnext\n".join(blocks))
        arguments = ["curl", "--parallel", "--parallel-max", str(concurrency), "--config", str(config)]
        return Command(arguments, ENVIRONMENT, self.folder)

    def requests(self, cluster: Cluster, paths: Sequence[str], concurrency: int) -> Command:
        """A program in Python that GETs ``paths`` by requests and says what statuses there were."""
        given = {"ca_path": cluster.ca_path, "token": cluster.token, "urls": [cluster.url + path for path in paths]}
        arguments = [sys.executable, str(HERE / "send.py"), str(self.file("urls.json", given)), str(concurrency)]
        return Command(arguments, ENVIRONMENT, self.folder)

    def dcos_deploy(self, cluster: Cluster, entities: dict[str, Any]) -> Command:
        """``dcos-deploy apply``. It logs in with the password, and checks no TLS certificate (it cannot be told to)."""
        configuration = self.file("dcos.yml", entities)
        environment = ENVIRONMENT | {
            "DCOS_BASE_URL": cluster.url,
            "DCOS_USERNAME": cluster.username,
            "DCOS_PASSWORD": cluster.password,
        }
        arguments = [str(DCOS_DEPLOY / "bin" / "dcos-deploy"), "apply", "--yes", "-f", str(configuration)]
        return Command(arguments, environment, self.folder)


def _connection(cluster: Cluster, token: bool) -> dict[str, str]:
    credentials = (
        {"DCOS_ACS_TOKEN": cluster.token}
        if token
        else {"DCOS_USERNAME": cluster.username, "DCOS_PASSWORD": cluster.password}
    )
    return {"DCOS_URL": cluster.url, "DCOS_TLS_CA_PATH": cluster.ca_path, **credentials}


def install_dcos_deploy() -> str:
    """Install dcos-deploy in an environment of its own; return its version, or an empty text if that is impossible."""
    python = DCOS_DEPLOY / "bin" / "python"
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    try:
        if not python.exists():
            venv.create(DCOS_DEPLOY, with_pip=True)
            # What it imports to find its version is not installed yet, and a build of its own would not see it.
            _quietly([*pip, "setuptools<81", "wheel", "-r", HERE / "requirements-dcos-deploy.txt"])
            _quietly([*pip, "--no-deps", "--no-build-isolation", "dcos-deploy==0.4.0"])
        return _quietly([DCOS_DEPLOY / "bin" / "dcos-deploy", "version"]).strip()
    except (OSError, subprocess.CalledProcessError) as error:
        shutil.rmtree(DCOS_DEPLOY, ignore_errors=True)
        print(f"dcos-deploy is left out: {error}\n{getattr(error, 'output', '')}", file=sys.stderr)
        return ""


def _quietly(command: Sequence[Any]) -> str:
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout
