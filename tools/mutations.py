# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Change code in small ways, one at a time, and list what no test notices, by mutmut.

Each file of ``plugins/module_utils`` has the tests that are fast enough to be run hundreds of times. A run that was
interrupted goes on where it was; ``--anew`` begins again, which is needed after the code or the tests have changed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from mirror import COLLECTION, ROOT, mirror

FOLDER = ROOT / ".cache" / "mutations"
# The files, and the tests below tests/unit/plugins that are to notice.
TESTS = {
    "_auth": ("module_utils/test_auth.py", "module_utils/test_claims.py"),
    "_converge": ("module_utils/test_converge.py", "module_utils/test_fates.py"),
    "_acl_objects": ("module_utils/test_grants.py",),
    "_grants": ("module_utils/test_grants.py",),
    "_reissue": ("module_utils/test_reissue.py",),
    "_renewal": ("module_utils/test_renewal.py",),
    # These have an emulator to each run: hours.
    "_certificate": ("modules/test_dcos_ca_cert.py", "modules/test_dcos_ca_cert_places.py"),
    "_journal": ("module_utils/test_rekey_journals.py", "module_utils/test_rekey_explorer.py"),
    "_rekey": ("module_utils/test_rekey_journals.py", "module_utils/test_rekey_explorer.py"),
    "_rekey_steps": ("module_utils/test_rekey_journals.py", "module_utils/test_rekey_explorer.py"),
}


def settings(file: str) -> str:
    """Return mutmut's settings for one file."""
    tests = "".join(f"\n    {COLLECTION}/tests/unit/plugins/{test}" for test in TESTS[file])
    return (
        f"[mutmut]\nsource_paths=\n    {COLLECTION}/plugins/module_utils/{file}.py\n"
        f"pytest_add_cli_args_test_selection={tests}\nalso_copy=\n    ansible_collections\n"
    )


def run(file: str, anew: bool) -> int:
    """Run mutmut on one file and print what survived; return its exit status."""
    folder = FOLDER / file
    if anew:
        shutil.rmtree(folder, ignore_errors=True)
    if not (folder / "setup.cfg").exists():
        mirror(folder)
        (folder / "setup.cfg").write_text(settings(file), encoding="utf-8")
    environment = {**os.environ, "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}
    mutmut = Path(sys.executable).with_name("mutmut")
    status = subprocess.call([mutmut, "run"], cwd=folder, env=environment)
    print(f"\n=== {file}: mutations that no test noticed (cd {folder} && mutmut show NAME)", flush=True)
    return status or subprocess.call([mutmut, "results"], cwd=folder, env=environment)


def main() -> int:
    """Run the files asked for; 0 if mutmut could do its work, whatever survived."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--anew", action="store_true", help="forget earlier runs")
    parser.add_argument("files", nargs="*", metavar="FILE", help=f"of {', '.join(TESTS)}; default: the fast ones")
    arguments = parser.parse_args()
    unknown = set(arguments.files) - set(TESTS)
    if unknown:
        parser.error(f"no tests are named for {', '.join(sorted(unknown))}; add them to TESTS")
    return max(run(file, arguments.anew) for file in arguments.files or list(TESTS)[:5])


if __name__ == "__main__":
    sys.exit(main())
