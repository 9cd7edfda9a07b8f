# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator's own description of what it serves (OpenAPI 3.0), at ``/_emulator/openapi.json``."""

from __future__ import annotations

from typing import Any

from .. import __version__
from . import ca, iam, secrets
from .build import SCHEMAS as COMMON_SCHEMAS
from .build import Operation, path_item


def document(*, open_edition: bool = False) -> dict[str, Any]:
    """The OpenAPI document; the open edition has users and login only."""
    operations: list[Operation] = [*iam.COMMON]
    schemas = {**COMMON_SCHEMAS, **iam.SCHEMAS}
    if not open_edition:
        operations += [*iam.ENTERPRISE, *secrets.OPERATIONS, *ca.OPERATIONS]
        schemas |= {**secrets.SCHEMAS, **ca.SCHEMAS}
    paths: dict[str, Any] = {}
    for operation in operations:
        paths.setdefault(operation.path, {}).update(path_item(operation, secured=not open_edition))
    return {
        "openapi": "3.0.3",
        "info": {"title": "DC/OS security services (dcos-emulator)", "version": __version__},
        "security": [] if open_edition else [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "token=<DC/OS authentication token>",
                }
            },
        },
    }
