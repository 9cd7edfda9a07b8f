# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""GET the URLs of a JSON file by requests, some at a time, and no more than that. Arguments: FILE CONCURRENCY."""

from __future__ import annotations

import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import requests

_mine = threading.local()


def get(url: str, given: dict[str, Any]) -> int:
    """Return the status. Each thread has a session, which requests does not promise to be safe for several."""
    if not hasattr(_mine, "session"):
        _mine.session = requests.Session()
        _mine.session.trust_env = False
        _mine.session.verify = given["ca_path"]
        _mine.session.headers["Authorization"] = f"token={given['token']}"
    return int(_mine.session.get(url).status_code)


def main() -> None:
    """Print each status that there was."""
    given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    with ThreadPoolExecutor(int(sys.argv[2])) as pool:
        print(*sorted(set(pool.map(lambda url: get(url, given), given["urls"]))))


if __name__ == "__main__":
    main()
