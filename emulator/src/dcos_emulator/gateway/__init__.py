# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Admin Router: authentication, coarse authorisation, routing by the path as nginx reads it."""

from __future__ import annotations

from .app import Admitted, Gateway

__all__ = ["Admitted", "Gateway"]
