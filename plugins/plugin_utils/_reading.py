# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What connect() wants of a task, for plugins that are none and only read.

This file is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.dcos.security.plugins.module_utils._client import Client
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.module_utils._options import CONNECTION_SPEC


class Reading:
    """As in check mode, the transport refuses whatever is no reading.

    Args:
        options: connection options; None is not given.
        folder: where relative paths lie.

    Raises InputError for values that the options do not take.
    """

    check_mode = True
    connected: Client | None = None

    def __init__(self, options: Mapping[str, Any], folder: str) -> None:
        given = {name: value for name, value in options.items() if value is not None}
        result = ArgumentSpecValidator(CONNECTION_SPEC).validate(given)
        if result.error_messages:
            raise InputError(result.error_messages[0])
        self.params: dict[str, Any] = result.validated_parameters
        self.folder = folder
