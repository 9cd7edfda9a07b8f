# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routes of the IAM: templates of path segments, matched against the path decoded once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from starlette.responses import Response

from .http import IamError, empty

Handler = Callable[..., Response]


@dataclass(slots=True)
class _Node:
    """A position in the tree of templates; a literal segment beats a parameter."""

    literals: dict[str, _Node] = field(default_factory=dict)
    parameter: tuple[str, _Node] | None = None
    handlers: Mapping[str, Handler] | None = None


def rid_from_path(segment: str) -> str:
    """The rid of a path segment that was decoded once: clients encode a rid's slashes twice."""
    return segment.replace("%2F", "/")


class Router:
    """Finds the handler for a method and a path."""

    def __init__(self) -> None:
        self._root = _Node()

    def add(self, template: str, handlers: Mapping[str, Handler]) -> None:
        """Add a template such as ``/users/{uid}`` with its handlers by method."""
        node = self._root
        for segment in template.strip("/").split("/"):
            if segment.startswith("{"):
                if node.parameter is None:
                    node.parameter = (segment[1:-1], _Node())
                node = node.parameter[1]
            else:
                node = node.literals.setdefault(segment, _Node())
        node.handlers = handlers

    def find(self, method: str, path: str) -> tuple[Handler, dict[str, str]]:
        """The handler and the path's parameters; IamError 404 or 405, both without a body.

        One trailing slash is ignored, and every leading one; other empty segments match no literal.
        """
        node, parameters = self._root, {}
        path = path.removesuffix("/") if len(path) > 1 else path
        for segment in path.lstrip("/").split("/"):
            if (literal := node.literals.get(segment)) is not None:
                node = literal
            elif node.parameter is not None:
                name, node = node.parameter
                parameters[name] = rid_from_path(segment) if name == "rid" else segment
            else:
                raise IamError(404)
        if node.handlers is None:
            raise IamError(404)
        allowed = sorted(node.handlers)
        if method == "OPTIONS":
            return (lambda *_args, **_parameters: empty(200, {"Allow": ", ".join(allowed)})), {}
        if method not in node.handlers:
            # OPTIONS closes the list here and is left out of the list that OPTIONS itself gets.
            raise IamError(405, headers={"Allow": ", ".join([*allowed, "OPTIONS"])})
        return node.handlers[method], parameters
