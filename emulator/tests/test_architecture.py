# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the emulator's modules hang together."""

from __future__ import annotations

import ast
import inspect
import re
import tomllib
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
import uvicorn
from cryptography import x509
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import NameOID
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

import dcos_emulator

PACKAGE = Path(dcos_emulator.__file__).parent
PYPROJECT = Path(__file__).parent.parent / "pyproject.toml"


def _module(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(path: Path, modules: set[str]) -> set[str]:
    """Modules of this package that a file imports, at whatever depth and for whatever purpose."""
    package = list(path.relative_to(PACKAGE).parts[:-1])
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = [*package[: len(package) - node.level + 1], *(node.module or "").split(".")]
            names = {".".join(filter(None, [*base, alias.name])) for alias in node.names}
            found |= {name if name in modules else name.rpartition(".")[0] for name in names}
    return found


# Names that their libraries promise nobody: a new release may do without them.
INSIDES = {"cryptography": {"_ASN1Type", "_validate"}, "uvicorn": {"httptools_impl", "server_state"}}


def test_private_names_of_libraries_are_known_and_bounded() -> None:
    """Whoever uses a new one bounds the library's version and names it here."""
    known = set().union(*INSIDES.values())
    used = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = {*(node.module or "").split("."), *(alias.name for alias in node.names)}
                used |= {name for name in names if name in known or (name.startswith("_") and name != "__future__")}
            elif isinstance(node, ast.keyword) and (node.arg or "").startswith("_"):
                used.add(str(node.arg))
            elif isinstance(node, ast.Attribute) and node.attr in known:
                used.add(node.attr)
    assert used == known
    bounds = {
        re.split("[<>=]", requirement)[0]: requirement
        for requirement in tomllib.loads(PYPROJECT.read_text())["project"]["dependencies"]
    }
    assert all("<" in bounds[library] for library in INSIDES)


@pytest.mark.filterwarnings("ignore:Attribute's length must be")
def test_private_names_still_mean_what_they_did() -> None:
    """cryptography writes a name as it is told to: the string type asked for, and what it would refuse."""
    long = x509.NameAttribute(NameOID.COUNTRY_NAME, "longer than two", _ASN1Type.PrintableString, _validate=False)
    encoded = x509.Name([long]).public_bytes()
    assert encoded.endswith(b"\x13\x0flonger than two")
    assert {"transport", "scope", "on_message_begin", "cycle"} <= set(dir(HttpToolsProtocol)) | set(
        inspect.getsource(HttpToolsProtocol).replace("self.", " ").replace(".", " ").split()
    )
    server = uvicorn.Server(uvicorn.Config("nothing:here"))
    assert server.server_state.connections == set()
    assert {"should_exit", "force_exit"} <= set(vars(server))


def test_no_module_imports_one_that_imports_it() -> None:
    """Not even for its types: what needs the other's type needs less than the other."""
    files = {_module(path): path for path in PACKAGE.rglob("*.py")}
    graph = {name: _imports(path, set(files)) - {name} for name, path in files.items()}
    for name in ("controls", "overview"):  # the one circle that is left: they act on the whole emulator and show it
        graph[name].remove("emulator")
    assert graph["iam.service"] >= {"iam.users", "iam.router", "store"}
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle
