# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a command and fail if secrets are in what it prints or in the files it leaves: CANARIES FOLDER STATUS COMMAND…

CANARIES is a JSON file of secrets, FOLDER where the command was told to keep its files, STATUS its exit status.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote


def spellings(secret: str) -> set[str]:
    """The forms in which a secret, or a line of it, could be shown."""
    lines = [line for line in secret.splitlines() if len(line) > 20 and not line.startswith("-----")]
    if secret.startswith("{"):
        lines += [line for line in json.loads(secret)["private_key"].splitlines() if not line.startswith("-----")]
    forms = {form for text in [secret, *lines] for form in (text, json.dumps(text)[1:-1], quote(text, safe=""))}
    return forms | {base64.b64encode(secret.encode()).decode().rstrip("=")}


def main() -> int:
    """Return 0 if the command ended as expected and showed nothing."""
    canaries, folder, status, *command = sys.argv[1:]
    secrets = json.loads(Path(canaries).read_text(encoding="utf-8"))["canaries"]
    Path(folder).mkdir(exist_ok=True)
    ran = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    texts = {"the output": ran.stdout + ran.stderr}
    files = [path for path in Path(folder).rglob("*") if path.is_file()]
    texts.update({str(path): path.read_text(encoding="utf-8", errors="replace") for path in files})
    shown = [
        f"{name} is in {where}"
        for name, secret in secrets.items()
        for where, text in texts.items()
        if any(form in text for form in spellings(secret))
    ]
    if shown or ran.returncode != int(status) or len(ran.stdout) < 10_000:
        print(f"exit status {ran.returncode}", *shown, ran.stdout[-20_000:], ran.stderr[-5_000:], sep="\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
