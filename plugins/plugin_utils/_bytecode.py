# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Importing code of the collection as Python imports any other.

The importer that ansible-core has for collections compiles the source in every run. For all that a play with the role
imports, that takes longer than one of its tasks. Where bytecode cannot be written, nothing is gained or lost.

This file is private to the collection.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, ModuleSpec, SourceFileLoader
from types import ModuleType

PLUGINS = __name__.rpartition(".plugin_utils.")[0] + "."


class _Finder:
    """Finds a module in the directories of its package; redirections in meta/runtime.yml would be passed by."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Return the spec of a module of the collection; None for all that another finder has to look for."""
        if name.startswith(PLUGINS):
            for directory in path or ():
                spec = FileFinder(directory, (SourceFileLoader, SOURCE_SUFFIXES)).find_spec(name)
                if spec and spec.loader:  # a directory has none
                    return spec
        return None


@contextlib.contextmanager
def bytecode_cached() -> Iterator[None]:
    """Take the bytecode of modules of the collection that are imported here from ``__pycache__``, and put it there."""
    # New lists, as another thread may be going through the old one.
    sys.meta_path = [_Finder, *sys.meta_path]
    try:
        yield
    finally:
        sys.meta_path = [finder for finder in sys.meta_path if finder is not _Finder]
