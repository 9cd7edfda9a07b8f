# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A local stand-in for the security services of a DC/OS Enterprise cluster: Admin Router, IAM, Secrets and CA."""

from __future__ import annotations

__version__ = "1.0.0"
