# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The package manager (Cosmos), as far as ``dcos cluster setup`` needs it: it installs the CLI's plugins from there.

The CLI ends with an error where it cannot install dcos-core-cli. What it gets here is a plugin without commands.
"""

from __future__ import annotations

import functools
import hashlib
import io
import json
import zipfile
from typing import Any

from starlette.responses import Response

from ..call import Call
from . import pages

PLUGIN = "dcos-core-cli"
PLUGIN_VERSION = "2.2-emulator"
ARCHIVE_PATH = f"/package/resource/{PLUGIN}.zip"
PLATFORMS = ("linux", "darwin", "windows")

# Media types of dcos/client-go (api_cosmos.go).
DESCRIPTION_TYPE = "application/vnd.dcos.package.describe-response+json;charset=utf-8;version=v3"
ERROR_TYPE = "application/vnd.dcos.package.error+json;charset=utf-8;version=v1"

# What the CLI reads of an archive (dcos/dcos-cli, pkg/plugin/manager.go): with this file it needs no command.
MANIFEST = f"""\
schema_version = 1
name = "{PLUGIN}"
"""


@functools.cache
def plugin_archive() -> bytes:
    """The plugin as a zip file, the same bytes each time and on every platform."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(zipfile.ZipInfo("plugin.toml"), MANIFEST)
    return content.getvalue()


def archive(call: Call) -> Response:
    """GET of the plugin's archive."""
    if call.method not in ("GET", "HEAD"):
        return pages.page(405)
    return Response(plugin_archive(), 200, {"Content-Type": "application/zip"})


def describe(call: Call) -> Response:
    """POST /package/describe: the one package there is; 400 for any other, and for what names none."""
    if call.method != "POST":
        return pages.page(405)
    try:
        name = json.loads(call.body)["packageName"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return _error("JsonDecodingError", "The body names no package.", {})
    if name != PLUGIN:
        return _error("PackageNotFound", f"Package [{name}] not found", {"packageName": name})
    host = call.headers.get("host", "master.mesos")
    return _answer(200, DESCRIPTION_TYPE, {"package": _package(f"{call.scheme}://{host}{ARCHIVE_PATH}")})


def _package(url: str) -> dict[str, Any]:
    """The members that the schema of Cosmos v3 requires, and the plugin for each platform."""
    digest = hashlib.sha256(plugin_archive()).hexdigest()
    plugin = {"kind": "zip", "url": url, "contentHash": [{"algo": "sha256", "value": digest}]}
    return {
        "packagingVersion": "4.0",
        "name": PLUGIN,
        "version": PLUGIN_VERSION,
        "releaseVersion": 0,
        "maintainer": "dcos-emulator",
        "description": "Stands in for the CLI's core plugin; it has no commands.",
        "resource": {"cli": {"binaries": {platform: {"x86-64": plugin} for platform in PLATFORMS}}},
    }


def _error(kind: str, message: str, data: dict[str, Any]) -> Response:
    return _answer(400, ERROR_TYPE, {"type": kind, "message": message, "data": data})


def _answer(status: int, media_type: str, data: dict[str, Any]) -> Response:
    return Response(json.dumps(data), status, {"Content-Type": media_type})
