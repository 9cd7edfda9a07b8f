# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Say how many findings there are in the identities of an ``identities.json``: what facts.py measures."""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path

# Where Ansible is told that collections are; Python by itself has them nowhere.
sys.path.insert(0, os.environ["ANSIBLE_COLLECTIONS_PATH"])

plugin = importlib.import_module("ansible_collections.dcos.security.plugins.plugin_utils._findings")
print(len(plugin.findings(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))), "findings")
