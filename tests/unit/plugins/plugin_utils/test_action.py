# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fast path's own parts. That both paths do the same is compared in the integration target ``fast_path``."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import yaml
from ansible.module_utils import basic
from ansible.release import __version__ as CORE

from ansible_collections.dcos.security.plugins.plugin_utils import _action

ROOT = Path(_action.__file__).parents[5]  # of the collections
ACTIONS = sorted(path.stem for path in (Path(_action.__file__).parents[1] / "action").glob("dcos_*.py"))


def in_new_process(script: str, **environment: str) -> str:
    """Run a script in a Python of its own that finds collections; return what it printed."""
    start = f"from ansible.plugins.loader import init_plugin_loader\ninit_plugin_loader([{str(ROOT)!r}])\n"
    return subprocess.run(
        [sys.executable, "-c", start + textwrap.dedent(script)],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=60,
    ).stdout


@pytest.mark.parametrize(
    "arguments, where",
    [
        ("value: 2024-01-02 03:04:05", "value"),
        ("value: 2001-12-14t21:59:43.10-05:00", "value"),
        ("secrets: [{path: a, value: x}, {path: b, value: 2024-01-02T03:04:05Z}]", "secrets[1].value"),
        ("value: {made: [2024-01-02 03:04:05]}", "value.made[0]"),
        ("value: 2024-01-02", ""),
        ("value: '2024-01-02 03:04:05'", ""),
        ("{}", ""),
    ],
)
def test_points_in_time_are_found_before_their_spelling_is_lost(arguments, where):
    assert _action.time_in(yaml.safe_load(arguments)) == where


class Ended(BaseException):
    """Like the time-out of a task, which is no Exception."""


def test_this_ansible_core_is_one_it_was_tested_with():
    assert _action.tested(CORE)


@pytest.mark.parametrize(
    "core, expected",
    [
        ("2.16.14", False),
        ("2.17.0", True),
        ("2.19.0rc1", True),
        ("2.22.0rc1", True),
        ("2.22.99", True),
        ("2.23.0.dev0", False),
        ("2.2.0", False),
        ("2.170.0", False),
        ("12.17.0", False),
        ("3.0.0", False),
    ],
)
def test_others_run_tasks_as_ordinary_modules(core, expected):
    assert _action.tested(core) is expected


def test_who_asks_is_told_once_why_tasks_take_longer(monkeypatch):
    said = []
    monkeypatch.setattr(_action, "CORE", "2.99.1")
    monkeypatch.setattr(_action.Display, "v", lambda _self, text, host=None: said.append(text))
    _action._say_that_tasks_are_ordinary.cache_clear()
    assert not any(_action.in_worker(name).possible for name in ("dcos_acl", "dcos_secret"))
    assert len(said) == 1
    assert "2.99.1" in said[0]
    assert _action.TESTED[-1] in said[0]


def test_the_tested_ones_are_those_of_the_matrix_from_the_lowest_that_is_required():
    repository = Path(__file__).resolve().parents[4]
    matrix = ast.parse((repository / "tools" / "matrix.py").read_text(encoding="utf-8"))
    cores = next(
        ast.literal_eval(node.value)
        for node in matrix.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "CORES"
    )
    assert tuple(cores) == _action.TESTED
    runtime = (repository / "meta" / "runtime.yml").read_text(encoding="utf-8")
    assert f'requires_ansible: ">={_action.TESTED[0]}.0"' in runtime


def test_call_returns_what_a_process_would():
    def main():
        print("result")
        print("noise", file=sys.stderr)
        sys.exit(3)

    assert _action._call(main, b"{}") == {"rc": 3, "stdout": "result\n", "stderr": "noise\n"}


def test_call_hands_over_the_options_and_takes_them_away():
    seen = []
    _action._call(lambda: seen.append(basic._ANSIBLE_ARGS), b"options")
    assert (seen, basic._ANSIBLE_ARGS) == ([b"options"], None)


@pytest.mark.parametrize("error", [ValueError, MemoryError, RecursionError])
def test_call_turns_an_error_into_a_failed_process(error):
    def main():
        raise error("broken")

    answer = _action._call(main, b"{}")
    assert (answer["rc"], answer["stdout"]) == (1, "")
    assert f"{error.__name__}: broken" in answer["stderr"]


def test_call_lets_a_time_out_pass_and_cleans_up():
    def main():
        raise Ended

    stdout = sys.stdout
    with pytest.raises(Ended):
        _action._call(main, b"options")
    assert (basic._ANSIBLE_ARGS, sys.stdout) == (None, stdout)


def test_items_of_a_loop_do_not_inherit_warnings():
    def main():
        module = basic.AnsibleModule({})
        module.warn("once")
        module.exit_json()

    first, second = (_action._call(main, b'{"ANSIBLE_MODULE_ARGS": {}}')["stdout"] for _item in range(2))
    assert json.loads(first) == json.loads(second)


def test_environment_is_put_back_whatever_happens(monkeypatch):
    monkeypatch.setenv("KEPT", "as it was")
    monkeypatch.setenv("DELETED", "by the task")
    before = dict(os.environ)
    with pytest.raises(Ended), _action._environ({"KEPT": "changed", "ADDED": 17, "TRUTH": True}):
        assert (os.environ["KEPT"], os.environ["ADDED"], os.environ["TRUTH"]) == ("changed", "17", "True")
        del os.environ["DELETED"]
        os.environ["LANG"] = "set by AnsibleModule"
        raise Ended
    assert dict(os.environ) == before


@pytest.fixture
def pythons(tmp_path, monkeypatch):
    """Return a folder with two virtual environments of one Python; this process runs on ``mine/bin/python``."""
    for name in ("mine/bin/python", "mine/bin/python3", "other/bin/python"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).symlink_to(os.path.realpath(sys.executable))
    (tmp_path / "mine" / "bin" / "pypy3").symlink_to("/bin/sh")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "mine" / "bin" / "python"))
    return tmp_path


@pytest.mark.parametrize("name", ["mine/bin/python", "mine/bin/python3"])
def test_every_name_of_this_python_is_this_python(pythons, name):
    assert _action._is_this_python(str(pythons / name))


@pytest.mark.parametrize("name", ["other/bin/python", "mine/bin/pypy3", "mine/bin/missing"])
def test_other_pythons_are_not(pythons, name):
    assert not _action._is_this_python(str(pythons / name))


@pytest.mark.parametrize("name", ["", "auto", "auto_silent", "auto_legacy"])
def test_to_leave_the_choice_to_ansible_names_no_other_python(name):
    assert _action._is_this_python(name)


def test_each_plugin_runs_the_module_of_its_name():
    script = f"""
        from importlib import import_module
        for name in {ACTIONS}:
            action = import_module("ansible_collections.dcos.security.plugins.action." + name).ActionModule
            print(action.module.__name__.rpartition(".")[2], action.possible)
    """
    assert in_new_process(script).splitlines() == [f"{name} True" for name in ACTIONS]


def test_what_writes_files_says_so():
    script = """
        from ansible_collections.dcos.security.plugins.action.dcos_ca_cert import ActionModule
        from ansible_collections.dcos.security.plugins.modules.dcos_ca_cert import FILES, SPEC
        names = [name for option in FILES.values() for name in (option, *SPEC[option].get("aliases", ()))]
        print(sorted(ActionModule.files) == sorted(names))
    """
    assert in_new_process(script) == "True\n"


@pytest.mark.parametrize(
    "library, source",
    [
        ("requests", "raise ImportError('its own library is missing')"),
        ("requests", "raise RuntimeError('does not fit the library it needs')"),
        ("jwt", "raise AttributeError('no such thing')"),
    ],
)
def test_with_a_broken_library_tasks_run_as_ordinary_modules(library, source, tmp_path):
    (tmp_path / f"{library}.py").write_text(source, encoding="utf-8")
    script = """
        from ansible_collections.dcos.security.plugins.action.dcos_login import ActionModule
        print(ActionModule.possible)
    """
    assert in_new_process(script, PYTHONPATH=str(tmp_path)) == "False\n"


def test_without_a_library_tasks_run_as_ordinary_modules():
    script = """
        import importlib.util
        find = importlib.util.find_spec
        importlib.util.find_spec = lambda name, *more: None if name == "jwt" else find(name, *more)
        from ansible_collections.dcos.security.plugins.action.dcos_secret import ActionModule
        print(ActionModule.possible)
    """
    assert in_new_process(script) == "False\n"


def test_loading_a_plugin_leaves_bytecode_and_no_importer_behind(tmp_path):
    script = """
        import sys
        from ansible_collections.dcos.security.plugins.action import dcos_acl
        from ansible_collections.dcos.security.plugins.plugin_utils import _bytecode
        assert _bytecode._Finder not in sys.meta_path
    """
    environment = {"PYTHONPYCACHEPREFIX": str(tmp_path), "PYTHONDONTWRITEBYTECODE": ""}
    in_new_process(script, **environment)
    cached = {path.name.partition(".")[0]: path for path in tmp_path.rglob("security/plugins/**/*.pyc")}
    assert {"dcos_acl", "_client", "_grants"} <= set(cached)
    written = {path: path.stat().st_mtime_ns for path in cached.values()}
    in_new_process(script, **environment)
    assert {path: path.stat().st_mtime_ns for path in written} == written


def test_garbage_collection_of_a_worker_leaves_alone_what_it_inherits():
    script = """
        import gc
        before = gc.get_freeze_count()
        from ansible_collections.dcos.security.plugins.action import dcos_acl
        print(gc.get_freeze_count() > before + 10000)
    """
    assert in_new_process(script) == "True\n"


KEY_LOGIN = {"auth_token": None, "auth_username": "nobody", "auth_private_key": "KEY"}
CERTIFICATE = {"common_name": "web", "certificate_secret": "web/certificate", "privatekey_secret": "web/key"}


@pytest.mark.parametrize(
    "action, options",
    [
        ("dcos_secret", {"path": "a/b", "value": "a-value"}),
        ("dcos_secret", {"path": "a/b", "value": "a-value", "ca_path": None, "validate_certs": False}),
        ("dcos_secret", {"path": "not a path", "value": "a-value"}),
        ("dcos_secret", {"path": "a/b", "value": "a-value", "auth_token": None}),
        ("dcos_acl", {"uid": "bootstrapuser", "rid": "dcos:superuser", "actions": ["full", "read"], "concurrency": 4}),
        ("dcos_group", {"gid": "people", "members": ["bootstrapuser"]}),
        ("dcos_user_info", {}),
        ("dcos_ca_info", {}),
        ("dcos_ca_cert", CERTIFICATE),
        ("dcos_ca_cert", {**CERTIFICATE, "key_type": "ECDSA"}),
        ("dcos_service_account_secret", {"path": "a/c", "uid": "kafka"}),
        ("dcos_login", KEY_LOGIN),
    ],
)
def test_no_task_imports_what_its_parent_can_import_once(action, options, cluster, pems):
    """The worker is a fork of the process that loaded the plugin, and dies with the task."""
    options = {**cluster.connection, **options}
    if options.get("auth_private_key"):
        options["auth_private_key"] = pems[0]
    script = f"""
        import json, sys
        from ansible_collections.dcos.security.plugins.action.{action} import ActionModule
        from ansible_collections.dcos.security.plugins.plugin_utils import _action
        before = set(sys.modules)
        answer = _action._call(ActionModule.module.main, {json.dumps({"ANSIBLE_MODULE_ARGS": options}).encode()!r})
        json.loads(answer["stdout"])
        # What ansible-core imports by itself, all tasks' workers import.
        print(*(name for name in set(sys.modules) - before if not name.startswith("ansible.")))
    """
    assert in_new_process(script).split() == []


def test_own_files_that_tasks_import_are_imported_before():
    """Those that module_utils import within functions, for the sake of ordinary modules."""
    later = set()
    for path in (Path(_action.__file__).parents[1] / "module_utils").glob("_*.py"):
        functions = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef))
        for node in (node for function in functions for node in ast.walk(function)):
            if isinstance(node, ast.ImportFrom):
                # "from package import _file" and "from package._file import name"
                later |= {alias.name if node.module.endswith(".module_utils") else node.module for alias in node.names}
    own = [name for name in _action.OWN if ".module_utils." in name]
    assert {name.rpartition(".")[2] for name in later} == {name.rpartition(".")[2] for name in own}
