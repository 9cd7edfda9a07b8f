# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run dcos-emulator in the foreground and print what another terminal needs to use it."""

from __future__ import annotations

import contextlib
import json
import shlex
import signal
import subprocess
import sys

VARIABLES = {
    "DCOS_URL": "url",
    "DCOS_TLS_CA_PATH": "ca_path",
    "DCOS_USERNAME": "username",
    "DCOS_PASSWORD": "password",
}


def main() -> int:
    """Run the emulator until it ends or is interrupted; return its exit status."""
    command = [f"{sys.prefix}/bin/dcos-emulator", *sys.argv[1:]]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as emulator:
        assert emulator.stdout is not None
        if line := emulator.stdout.readline():
            ready = json.loads(line)
            print("In another terminal:")
            for name, key in VARIABLES.items():
                if ready.get(key):  # without TLS there is no CA
                    print(f"export {name}={shlex.quote(ready[key])}")
            print("Ctrl-C stops the emulator.", flush=True)
        # Ctrl-C reaches both processes, other signals only this one; the emulator decides when it is done.
        signal.signal(signal.SIGTERM, lambda *_: emulator.terminate())
        with contextlib.suppress(KeyboardInterrupt):
            emulator.wait()
    return emulator.returncode


if __name__ == "__main__":
    sys.exit(main())
