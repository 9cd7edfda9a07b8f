# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values as Python has them, without what Ansible's templating adds to them. Pure.

Ansible gives a filter containers that look at every member when it is taken out, and again each time. Who goes through
thousands of identities more than once has them made plain first.

This file is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def plain(value: Any) -> Any:
    """Return ``value`` with dict, list and str for whatever is a mapping, a list or tuple, or a text."""
    if isinstance(value, Mapping):
        return {plain(key): plain(member) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(member) for member in value]
    # A subclass's own __str__ may return the subclass again.
    return str.__str__(value) if isinstance(value, str) else value
