# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of all unit tests, and where they find the collection.

ansible-test wants a folder ``ansible_collections/dcos/security``. Plain pytest may run them in a clone anywhere: then a
link in ``.cache`` gives it that path.
"""

from __future__ import annotations

import contextlib
import gc
import importlib.util
import itertools
import json
import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Where the matrix says which share of the cases to run: {"number": 0, "of": 4}. Without it all of them are run.
SHARE = Path(__file__).with_name("share.json")
COLLECTION = ("ansible_collections", "dcos", "security")


def find_collection() -> None:
    """Make ``ansible_collections.dcos.security`` importable, here and in processes that tests start, and find commands.

    The commands (dcos-emulator) are those beside this Python, whether its environment is activated or not.
    """
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    with contextlib.suppress(ModuleNotFoundError):
        if importlib.util.find_spec("ansible_collections.dcos.security"):
            return
    repository = Path(__file__).resolve().parents[2]
    if repository.parts[-3:] == COLLECTION:
        collections = repository.parents[2]
    else:
        collections = repository / ".cache" / "pytest"
        link = collections.joinpath(*COLLECTION)
        link.parent.mkdir(parents=True, exist_ok=True)
        try:
            link.symlink_to(repository, target_is_directory=True)
        except FileExistsError:
            if link.resolve() != repository:
                raise
    sys.path.insert(0, str(collections))
    os.environ["ANSIBLE_COLLECTIONS_PATH"] = str(collections)
    # As ansible-test does: what ansible-core finds of collections, it finds through its own loader only.
    from ansible.utils.collection_loader._collection_finder import _AnsibleCollectionFinder

    _AnsibleCollectionFinder(paths=[str(collections)])._install()


find_collection()

# The time of an example depends on the machine's load, so it is no test; fixtures here are read, never changed.
settings.register_profile(
    "collection",
    deadline=None,
    database=None,
    # mutmut runs the tests more than once in a process.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
)
settings.load_profile("collection")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marks."""
    config.addinivalue_line("markers", "every_core: all of its cases run on each ansible-core of the matrix")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the cases of other shares to them."""
    if SHARE.exists():
        kept, left = shared_out(items, **json.loads(SHARE.read_text(encoding="utf-8")))
        items[:] = kept
        config.hook.pytest_deselected(items=left)


def shared_out(items: list[pytest.Item], number: int, of: int) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """Return the tests of one share, and the others: of each function with as many cases as there are shares, or more.

    All shares together are all tests. What is marked ``every_core`` is in each of them.
    """
    kept: list[pytest.Item] = []
    left: list[pytest.Item] = []
    for _name, group in itertools.groupby(items, lambda item: item.nodeid.partition("[")[0]):
        cases = list(group)
        whole = len(cases) < of or cases[0].get_closest_marker("every_core")
        for position, case in enumerate(cases):
            (kept if whole or position % of == number else left).append(case)
    return kept, left


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Spare the processes that ansible-test forks, one for each test, from collecting what they inherit as garbage."""
    gc.collect()
    gc.freeze()
