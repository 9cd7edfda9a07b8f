# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of the house: how the repository is laid out and what may import what."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = ROOT / "plugins"
MODULE_UTILS = PLUGINS / "module_utils"
TARGETS = ROOT / "tests" / "integration" / "targets"

# fmt: off
# module_utils, lowest first: a file may import only what stands before it. Each line is a layer of the design.
LAYERS = [
    "_errors", "_deps", "_redact", "_given", "_files", "_task", "_parallel",
    "_cli", "_options",
    "_tls", "_wire", "_unanswered", "_response", "_shapes", "_retries", "_http",
    "_keys", "_x509_names", "_x509", "_reissue",
    "_names", "_permission_reference", "_permissions",
    "_hints", "_auth", "_client", "_converge", "_keypair",
    "_iam", "_acl", "_journal", "_rekey_steps", "_rekey",
    "_accounts", "_service_accounts", "_users", "_groups", "_grants", "_acl_objects",
    "_secrets", "_credential",
    "_ca", "_authority", "_stored", "_identity_reading",
    "_identity_certificates", "_identity_facts",
    "_keystores", "_certificate_storage", "_renewal", "_certificate",
    "_many", "_module",
]

# No input, no output, no state; the clock is read where the caller gives no time.
PURE = [
    "_identity_certificates", "_keystores", "_renewal",
    "_redact", "_given", "_keys", "_x509_names", "_x509", "_reissue", "_names", "_permission_reference", "_permissions",
]
IMPURE_IMPORTS = {
    "io", "logging", "os", "pathlib", "shutil", "socket", "subprocess", "tempfile", "threading",
    "urllib.request", "ansible.module_utils.basic", "ansible.module_utils.urls",
}
# fmt: on
IMPURE_CALLS = {"input", "open", "print"}

LINES = 300  # without blank lines and without the documentation of modules and plugins
DOCUMENTATION = {"DOCUMENTATION", "EXAMPLES", "RETURN"}

HEADER = """\
# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""


def names(folder: str, pattern: str = "*.py") -> list[str]:
    """Names of the plugins of one type, without those that are private."""
    return sorted(path.stem for path in (PLUGINS / folder).glob(pattern) if not path.stem.startswith("_"))


def roles() -> list[str]:
    """Names of the roles."""
    return sorted(path.name for path in (ROOT / "roles").glob("*/") if path.is_dir())


def python_files(*folders: str) -> list[Path]:
    """Python files below folders of the repository, without what builds and tests leave behind."""
    found = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return [path for path in found if not {"build", "output"} & set(path.relative_to(ROOT).parts)]


def relative(path: Path) -> str:
    """A file's name in the repository, as the id of its test."""
    return str(path.relative_to(ROOT))


def imports(path: Path) -> set[str]:
    """Everything a file imports, at whatever depth, as dotted names: ``from a import b`` is ``a`` and ``a.b``.

    Not what only a type checker reads.
    """
    found = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tree.body = [
        node for node in tree.body if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import"
            found |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def imports_of(path: Path, package: str) -> set[str]:
    """Names that a file imports directly out of a package of this collection, such as ``module_utils``."""
    prefix = f"ansible_collections.dcos.security.plugins.{package}."
    return {name[len(prefix) :].split(".")[0] for name in imports(path) if name.startswith(prefix)}


def test_every_file_of_module_utils_has_its_place():
    assert {path.stem for path in MODULE_UTILS.glob("*.py")} == set(LAYERS)


def test_the_picture_shows_every_file_of_module_utils():
    picture = (ROOT / "docs" / "architecture.dot").read_text(encoding="utf-8")
    shown = set(re.findall(r"(?<![\w/])_\w+", picture.replace("\\n", " ")))
    assert shown == set(LAYERS)


@pytest.mark.parametrize("name", LAYERS)
def test_module_utils_import_only_downwards(name):
    below = LAYERS[: LAYERS.index(name)]
    assert imports_of(MODULE_UTILS / f"{name}.py", "module_utils") <= set(below)
    assert not imports_of(MODULE_UTILS / f"{name}.py", "plugin_utils"), "only the controller has plugin_utils"


@pytest.mark.parametrize("path", python_files("plugins/module_utils", "plugins/modules"), ids=relative)
def test_only_module_knows_ansible_module(path):
    knows = "ansible.module_utils.basic.AnsibleModule" in imports(path)
    assert knows == (path == MODULE_UTILS / "_module.py")


@pytest.mark.parametrize("name", PURE)
def test_pure_files_do_no_io(name):
    path = MODULE_UTILS / f"{name}.py"
    assert not imports(path) & IMPURE_IMPORTS
    calls = (node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
    assert not {call.id for call in calls if isinstance(call, ast.Name)} & IMPURE_CALLS


@pytest.mark.parametrize("path", python_files("plugins"), ids=relative)
def test_third_party_libraries_come_through_deps(path):
    ours = {*sys.stdlib_module_names, "ansible", "ansible_collections"}
    if path.parent.name == "plugin_utils":
        ours |= {"jinja2", "yaml"}  # what ansible-core itself cannot do without, on the controller
    assert {name.split(".")[0] for name in imports(path)} <= ours


@pytest.mark.parametrize("path", python_files("plugins", "emulator", "tests", "tools"), ids=relative)
def test_files_are_short(path):
    if path.parent.name == "doc_fragments":
        return
    text = path.read_text(encoding="utf-8")
    documentation = sum(
        node.end_lineno - node.lineno + 1
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id in DOCUMENTATION
    )
    assert sum(1 for line in text.splitlines() if line.strip()) - documentation <= LINES


@pytest.mark.parametrize("path", python_files("docs", "emulator", "plugins", "roles", "tests", "tools"), ids=relative)
def test_python_files_start_with_the_licence(path):
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    assert "".join(lines[1:4] if lines[0].startswith("#!") else lines[:3]) == HEADER


@pytest.mark.parametrize(
    "target",
    [
        *names("modules"),
        *(f"lookup_{name}" for name in names("lookup")),
        *(f"inventory_{name}" for name in names("inventory")),
        *(f"filter_{name}" for name in names("filter")),
        *(f"role_{name}" for name in roles()),
    ],
)
def test_everything_has_an_integration_target(target):
    """A target of its name, or one whose ``aliases`` name it."""
    also_tested = {line for path in TARGETS.glob("*/aliases") for line in path.read_text(encoding="utf-8").split()}
    assert (TARGETS / target).is_dir() or target in also_tested


def test_action_group_is_every_module_that_talks_to_the_cluster():
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    assert sorted(runtime["action_groups"]["dcos"]) == [name for name in names("modules") if name != "dcos_keypair"]


def test_every_module_that_talks_to_the_cluster_has_an_action_plugin():
    """One that is left out would silently take the slow path; what writes files must take it."""
    assert names("action") == [name for name in names("modules") if name != "dcos_keypair"]


def left_out(path: Path) -> bool:
    """Tell whether a file is none of those that a user has who installs the collection."""
    ignored = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["build_ignore"]
    return any(path.relative_to(ROOT).is_relative_to(name) for name in ignored)


def pages() -> list[Path]:
    """Return the pages in Markdown of an installed collection."""
    folders = [path for path in ROOT.iterdir() if path.is_dir() and not left_out(path)]
    found = [*ROOT.glob("*.md"), *(page for folder in folders for page in folder.rglob("*.md"))]
    return sorted(page for page in found if not left_out(page))


@pytest.mark.parametrize("page", pages(), ids=relative)
def test_links_of_installed_pages_work(page):
    for link in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        target = (page.parent / link).resolve()
        assert target.exists(), f"{link} does not exist"
        assert not left_out(target), f"{link} is left out of the tarball"


@pytest.mark.parametrize("role", roles())
def test_roles_declare_their_arguments(role):
    assert (ROOT / "roles" / role / "meta" / "argument_specs.yml").is_file()


@pytest.mark.parametrize("path", python_files("tests") + python_files("emulator/tests"), ids=relative)
def test_every_test_is_where_pytest_finds_it(path):
    """One that stands in a function, by its indentation alone, would never run and never fail."""
    for outer in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(outer, (ast.FunctionDef, ast.AsyncFunctionDef)):
            inner = [one.name for one in ast.walk(outer) if isinstance(one, ast.FunctionDef) and one is not outer]
            assert not [name for name in inner if name.startswith("test_")], f"in {outer.name}"
