# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Identity and Access Management service (``/acs/api/v1``), as it behaves behind Admin Router.

Users and login follow the open-source IAM to the byte; groups and ACLs are those of DC/OS Enterprise.
"""

from __future__ import annotations

from .service import Iam

__all__ = ["Iam"]
