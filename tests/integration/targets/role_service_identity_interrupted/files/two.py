# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run one command twice at once, each for the same identities removed before; fails if either does.

Reads {command, environment} from stdin.
"""

import json
import os
import subprocess
import sys


def main() -> None:
    """See above."""
    task = json.load(sys.stdin)
    environment = {**os.environ, **task["environment"], "NO_PROXY": "127.0.0.1"}
    remove = [*task["command"], "--extra-vars", '{"service_identity_state": "absent"}']
    subprocess.run(remove, env=environment, check=True, stdin=subprocess.DEVNULL)
    both = [subprocess.Popen(task["command"], env=environment, stdin=subprocess.DEVNULL) for _number in range(2)]
    sys.exit(max(process.wait() for process in both))


if __name__ == "__main__":
    main()
