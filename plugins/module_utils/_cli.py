# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration of the DC/OS CLI: which clusters it knows, and how it reaches them.

Layout, as the CLI writes it: ``$DCOS_DIR/clusters/<cluster id>/dcos.toml``, beside it an empty file ``attached`` for
the current cluster and ``dcos_ca.crt``, the CA saved by ``dcos cluster setup``. ``DCOS_DIR`` defaults to ``~/.dcos``.

This file is private to the collection.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any, NamedTuple

from ansible_collections.dcos.security.plugins.module_utils._deps import load
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError
from ansible_collections.dcos.security.plugins.module_utils._files import absolute

# What Go's strconv.ParseBool takes; the CLI is written in Go.
_TRUE = ("1", "t", "T", "TRUE", "true", "True")
_FALSE = ("0", "f", "F", "FALSE", "false", "False")


class Cluster(NamedTuple):
    """A cluster as the CLI has it configured; ``token`` and ``ca_path`` may be missing."""

    id: str
    name: str
    url: str
    token: str | None
    ca_path: str | None
    validate_certs: bool
    attached: bool


def read_cluster(wanted: str | None, environ: Mapping[str, str], folder: str | None = None) -> Cluster:
    """Return the cluster named ``wanted`` (name or id), or without one the only or the attached cluster.

    A relative ``DCOS_DIR`` lies in ``folder``, by default that of the process.

    Raises InputError where there is none, or more than one fits.
    """
    home = (
        absolute(environ["DCOS_DIR"], folder)
        if environ.get("DCOS_DIR")
        else os.path.join(environ.get("HOME") or os.path.expanduser("~"), ".dcos")
    )
    clusters, unreadable = _clusters(home, environ)
    known = ", ".join(sorted(f"{cluster.name} ({cluster.id})" for cluster in clusters)) or "none"
    if wanted:
        fitting = [c for c in clusters if c.id == wanted] or [c for c in clusters if c.name == wanted]
        problem = f"named '{wanted}'"
    else:
        only = len(clusters) == 1 and not unreadable
        fitting = clusters if only else [c for c in clusters if c.attached]
        problem = "attached"
    if len(fitting) == 1:
        if not fitting[0].url:
            raise InputError(f"The DC/OS CLI has no URL for cluster '{fitting[0].name}'. Run 'dcos cluster setup'.")
        return fitting[0]
    if unreadable:
        raise unreadable[0]
    if fitting:
        raise InputError(f"The DC/OS CLI has several clusters {problem}: {known}. Name one by its id with cluster.")
    raise InputError(
        f"The DC/OS CLI has no cluster {problem} in {home} (configured: {known}). Run 'dcos cluster setup' or "
        "'dcos cluster attach', or give url and credentials."
    )


def _clusters(home: str, environ: Mapping[str, str]) -> tuple[list[Cluster], list[InputError]]:
    """Return the clusters that are configured, and the errors of those whose configuration cannot be read."""
    parent = os.path.join(home, "clusters")
    clusters: list[Cluster] = []
    unreadable: list[InputError] = []
    for id_ in sorted(os.listdir(parent)) if os.path.isdir(parent) else ():
        if os.path.isfile(os.path.join(parent, id_, "dcos.toml")):
            try:
                clusters.append(_cluster(os.path.join(parent, id_), id_, environ))
            except InputError as exc:
                unreadable.append(exc)
    return clusters, unreadable


def _cluster(folder: str, id_: str, environ: Mapping[str, str]) -> Cluster:
    path = os.path.join(folder, "dcos.toml")
    toml = load("tomllib" if sys.version_info >= (3, 11) else "tomli")
    try:
        with open(path, "rb") as handle:
            config = toml.load(handle)
    except (OSError, ValueError) as exc:
        raise InputError(f"Cannot read the configuration of the DC/OS CLI at {path}: {exc}") from exc
    core, cluster = (config.get(table) if isinstance(config.get(table), dict) else {} for table in ("core", "cluster"))
    saved_ca = os.path.join(folder, "dcos_ca.crt")
    ca_path, validate_certs = _trust(
        environ.get("DCOS_SSL_VERIFY") or core.get("ssl_verify"), saved_ca if os.path.isfile(saved_ca) else None
    )
    return Cluster(
        id=id_,
        name=cluster.get("name") or id_,
        url=core.get("dcos_url") or "",
        token=core.get("dcos_acs_token") or None,
        ca_path=ca_path,
        validate_certs=validate_certs,
        attached=os.path.exists(os.path.join(folder, "attached")),
    )


def _trust(ssl_verify: Any, saved_ca: str | None) -> tuple[str | None, bool]:
    """Read ``ssl_verify`` as the CLI does: a bool, the text of one, a CA file, or empty: (ca_path, validate_certs)."""
    text = "" if ssl_verify is None else str(ssl_verify)
    if text in _FALSE:
        return None, False
    if text in _TRUE:
        return None, True
    return text or saved_ca, True
