# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The secrets service (``/secrets/v1``). Admin Router only authenticates for it; it authorises itself."""

from __future__ import annotations

from .service import Secrets

__all__ = ["Secrets"]
