# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a playbook against an emulator, as a user does, and tell as JSON what that did to the cluster.

Reads from stdin {url, ca_path, command, environment}. Prints
    rc, text        exit status, and what the terminal showed
    changed         the number of the recap, of all hosts together
    requests        "METHOD path" of every request, in their order
    mutations       those among them that could have changed the cluster
    same            whether the cluster holds the same as before
    holds           "kind key" of all that it holds, such as "user kafka"
    leaked          private keys of the secret store (one line of each), tokens and passwords that the terminal showed
"""

import json
import os
import re
import ssl
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

CHANGING = ("PUT ", "PATCH ", "DELETE ", "POST /ca/api/v2/sign", "POST /ca/api/v2/newcert")


def main() -> None:
    """See above."""
    task = json.load(sys.stdin)
    handlers: list[urllib.request.BaseHandler] = [urllib.request.ProxyHandler({})]
    if task["ca_path"]:
        context = ssl.create_default_context(cafile=task["ca_path"])
        # Python 3.13 trusts no root without a SubjectKeyIdentifier, such as that of DC/OS.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        handlers.append(urllib.request.HTTPSHandler(context=context))
    opener = urllib.request.build_opener(*handlers)

    def control(name: str, method: str = "GET") -> Any:
        request = urllib.request.Request(f"{task['url']}/_emulator/{name}", method=method)
        with opener.open(request, timeout=30) as answer:
            return json.loads(answer.read() or "null")

    before = control("state")["records"]
    control("journal", "DELETE")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DCOS_")}
    environment.update(task["environment"], ANSIBLE_FORCE_COLOR="false", NO_PROXY="127.0.0.1")
    environment["ANSIBLE_ACTION_PLUGINS"] = str(Path(__file__).with_name("action_plugins"))
    process = subprocess.run(
        task["command"],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    entries = control("journal")["entries"]
    after = control("state")["records"]

    text = process.stdout
    requests = [f"{entry['method']} {entry['path']}" for entry in entries]
    secrets = json.dumps([value for kind, _key, value in before + after if kind == "secret"])
    keys = {re.findall(r"[\w+/]{64}", pem)[-1] for pem in re.findall(r"BEGIN PRIVATE KEY-----(.+?)-----END", secrets)}
    passwords = {value for name, value in task["environment"].items() if name == "DCOS_PASSWORD"}
    print(
        json.dumps(
            {
                "rc": process.returncode,
                "text": text,
                "changed": sum(map(int, re.findall(r"changed=(\d+)", text))),
                "requests": requests,
                "mutations": [request for request in requests if request.startswith(CHANGING)],
                "same": before == after,
                "holds": [f"{kind} {'/'.join(key)}" for kind, key, _value in after],
                "leaked": [item for item in keys | passwords if item in text] + re.findall(r"eyJ[\w-]+\.eyJ", text),
            }
        )
    )


if __name__ == "__main__":
    main()
