# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A playbook in one folder that is run from another one, made out of the argument specs of all modules.

Every option that names something outside of its task is written relatively. In the playbook's folder lies what it
should find; in that of the command, under the same name, what it must not find.
"""

from __future__ import annotations

import importlib
import json
import shutil
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import pkcs12

from ansible_collections.dcos.security.plugins.module_utils import _keys, _x509

PACKAGE = "ansible_collections.dcos.security.plugins.modules"
PLUGINS = Path(importlib.import_module(PACKAGE).__path__[0])
MODULES = sorted(path.stem for path in PLUGINS.glob("dcos_*.py"))

KEY = "keys/private.pem"
CREDENTIAL = "file://sa.json"
CERTIFICATE = {"common_name": "kafka", "key_type": "ECDSA"}

# The smallest task of each module; those that are not here need nothing.
NEEDED: dict[str, dict[str, Any]] = {
    "dcos_acl": {"uid": "robot", "rid": "dcos:mesos:master:framework:role:a", "actions": ["create"]},
    "dcos_ca_cert": {**CERTIFICATE, "certificate_secret": "tls/crt", "privatekey_secret": "tls/key"},
    "dcos_group": {"gid": "clerks"},
    "dcos_secret": {"path": "a/b", "value": "a-value"},
    "dcos_service_account": {"uid": "robot"},
    "dcos_service_account_secret": {"path": "kafka/sa", "uid": "kafka"},
    "dcos_user": {"uid": "alice", "user_password": "hunter2hunter2"},
}

# What goes with each option that names a file.
PATHS: dict[tuple[str, str], dict[str, Any]] = {
    ("dcos_secret", "src"): {"path": "a/src", "src": "token.txt"},
    ("dcos_ca_cert", "csr_path"): {"csr_path": "some.csr", "certificate_secret": "tls/csr"},
    ("dcos_ca_cert", "path"): {**CERTIFICATE, "path": "tls/a.crt", "privatekey_path": "tls/a.key"},
    ("dcos_ca_cert", "privatekey_path"): {**CERTIFICATE, "path": "tls/b.crt", "privatekey_path": "tls/b.key"},
    ("dcos_ca_cert", "chain_path"): {
        **CERTIFICATE, "path": "tls/c.crt", "privatekey_path": "tls/c.key", "chain_path": "tls/c.ca",
    },
    ("dcos_ca_cert", "keystore_path"): {
        **CERTIFICATE, "path": "tls/d.crt", "privatekey_path": "tls/d.key", "keystore_path": "tls/d.p12",
        "keystore_password": "changeit",
    },
    ("dcos_ca_cert", "truststore_path"): {
        **CERTIFICATE, "path": "tls/e.crt", "privatekey_path": "tls/e.key", "truststore_path": "tls/e.p12",
        "keystore_password": "changeit",
    },
    ("dcos_keypair", "private_key_path"): {"private_key_path": "keys/made.pem"},
    ("dcos_keypair", "public_key_path"): {"private_key_path": "keys/made.pem", "public_key_path": "keys/made.pub"},
    ("dcos_service_account", "public_key_path"): {"uid": "cassandra", "public_key_path": "keys/made.pub"},
    ("dcos_service_account_secret", "private_key_path"): {
        "path": "cassandra/sa", "uid": "cassandra", "private_key_path": "keys/made.pem",
    },
}  # fmt: skip

# What the environment says in the place of options, or beside them.
CREDENTIAL_VARIABLE = {"DCOS_SERVICE_ACCOUNT_CREDENTIAL": CREDENTIAL}
VARIABLES: dict[str, dict[str, str]] = {
    "a CA and a key": {"DCOS_TLS_CA_PATH": "ca.pem", "DCOS_USERNAME": "robot", "DCOS_PRIVATE_KEY_PATH": KEY},
    "a credential": {"DCOS_TLS_CA_PATH": "ca.pem", **CREDENTIAL_VARIABLE},
    "a CA bundle for requests": {"REQUESTS_CA_BUNDLE": "ca.pem", **CREDENTIAL_VARIABLE},
    "the CLI": {"DCOS_DIR": "cli", "DCOS_AUTH_METHOD": "cli", "DCOS_URL": ""},
    "a home": {"HOME": "{{ playbook_dir }}", "DCOS_TLS_CA_PATH": "~/ca.pem", **CREDENTIAL_VARIABLE},
}
ANOTHER_LANGUAGE = {"LC_ALL": "de_DE.UTF-8", "DCOS_TLS_CA_PATH": "none.pem", "DCOS_ACS_TOKEN": "a-token-of-nobody"}


def spec_of(module: str) -> dict[str, Any]:
    """Return the options that are a module's own."""
    spec: dict[str, Any] = importlib.import_module(f"{PACKAGE}.{module}").SPEC
    return spec


def check_complete() -> None:
    """Raise AssertionError for an option that names a file and that nothing here tries."""
    found = {
        (module, name) for module in MODULES for name, option in spec_of(module).items() if option.get("type") == "path"
    }
    assert found == set(PATHS), f"places.py tries other options than there are: {sorted(found ^ set(PATHS))}"


def writes_files(module: str, options: dict[str, Any]) -> bool:
    """Tell whether a task writes files, which only ordinary modules do."""
    return module == "dcos_keypair" or (module == "dcos_ca_cert" and "path" in options)


def task(name: str, module: str, options: dict[str, Any], **keywords: Any) -> dict[str, Any]:
    """Return one task."""
    return {"name": name, f"dcos.security.{module}": options, **keywords}


def failing(name: str, module: str, options: dict[str, Any], **keywords: Any) -> dict[str, Any]:
    """Return a task that must fail, and then counts as good."""
    return task(name, module, options, register="failing", failed_when="failing is not failed", **keywords)


def right(name: str, claim: str, **variables: str) -> dict[str, Any]:
    """Return a task that asserts."""
    return {"name": name, "ansible.builtin.assert": {"that": claim}, "vars": variables}


def naming(module: str, option: str, options: dict[str, Any]) -> list[dict[str, Any]]:
    """Return tasks with an option that names a file, by itself and in a list where the module takes one.

    Old versions of cryptography make no truststores, and say so.
    """
    made = option != "truststore_path" or hasattr(pkcs12, "serialize_java_truststore")
    where = "module" if writes_files(module, options) else "either"
    name = f"{option} of {module}"
    tasks = [(f"{name} ({where})", options)]
    if many := getattr(importlib.import_module(f"{PACKAGE}.{module}"), "MANY", None):
        tasks.append((f"{name}, in a list ({where})", {many.option: [options]}))
    return [(task if made else failing)(name, module, options) for name, options in tasks]


def connected(module: str) -> list[dict[str, Any]]:
    """Return the task of a module with each way to name files in connection options."""
    needed = NEEDED.get(module, {})
    none = {"url": "{{ url }}", "ca_path": "{{ omit }}", "auth_token": "{{ omit }}"}
    by_key = {**none, "ca_path": "ca.pem", "auth_username": "robot", "auth_private_key_path": KEY}
    by_file = {**none, "ca_path": "./ca.pem", "auth_credential": CREDENTIAL}
    return [
        task(f"{module}, by a key in a file", module, {**needed, **by_key}),
        task(f"{module}, by a credential in a file", module, {**needed, **by_file}, check_mode=True),
    ]


def by_environment() -> list[dict[str, Any]]:
    """Return tasks that find files by variables of the environment."""
    none = dict.fromkeys(("url", "ca_path", "auth_token"), "{{ omit }}")
    url = {"DCOS_URL": "{{ url }}"}
    return [
        *(
            task(f"By the environment, {what}", "dcos_login", none, environment={**url, **variables})
            for what, variables in VARIABLES.items()
        ),
        failing("In another language", "dcos_login", none, environment={**url, **ANOTHER_LANGUAGE}),
    ]


def around() -> list[dict[str, Any]]:
    """Return tasks with files in all that can stand around a task, and with what is no file."""
    stored = {"path": "around/src", "src": "token.txt"}
    in_loop = {"path": "loop/{{ item }}", "src": "{{ item }}.txt"}
    by_variable = {**stored, "src": "$PLAY/token.txt"}
    return [
        task("In a loop", "dcos_secret", in_loop, loop=["token", "other"]),
        task("Delegated", "dcos_secret", {**stored, "path": "delegated/src"}, delegate_to="localhost"),
        task("Under another name", "dcos_secret", {**stored, "src": "./keys/../token.txt"}),
        task("By a variable", "dcos_secret", by_variable, environment={"PLAY": "{{ playbook_dir }}"}),
        task("To come", "dcos_service_account", {"uid": "x", "public_key_path": "none"}, check_mode=True),
        failing("Not there", "dcos_secret", {**stored, "src": "none.txt"}),
        *(
            failing(f"No file: {path}", "dcos_secret", {**stored, "src": path})
            for path in ("/dev/stdin", "/dev/fd/0", "/proc/self/fd/0", "/dev/null", "stdin-by-a-link")
        ),
        {"name": "In a role that lies elsewhere", "ansible.builtin.include_role": {"name": "{{ elsewhere }}"}},
    ]


def looked_up() -> list[dict[str, Any]]:
    """Return tasks that look up what the others stored: it is right, and not what lies in the command's folder."""
    by_key = {"dcos_auth_username": "robot", "dcos_auth_private_key_path": KEY}
    secret = "lookup('dcos.security.dcos_secret', '{}', url=url, ca_path='ca.pem') | b64decode == 'right'"
    return [
        right("What lookups find", secret.format("around/src"), dcos_auth_credential=CREDENTIAL),
        right(
            "By a variable",
            "lookup('dcos.security.dcos_token', url=url) | length > 0",
            dcos_ca_path="./ca.pem",
            **by_key,
        ),
        right(
            "A playbook that lies elsewhere",
            "(reaching | dcos.security.absolute_paths).ca_path == command ~ '/ca.pem'",
            reaching="{{ {'ca_path': 'ca.pem'} }}",
        ),
        *(
            right(f"Right: {path}", secret.format(path), dcos_auth_token="{{ token }}")
            for path in ("a/src", "loop/token", "loop/other", "delegated/src", "role/src")
        ),
    ]


def tasks() -> list[dict[str, Any]]:
    """Return all tasks."""
    check_complete()
    robot = {"uid": "robot", "public_key_path": "keys/public.pem", "groups": ["superusers"]}
    return [
        task("An account of its own", "dcos_service_account", robot),
        *(each for (module, option), options in PATHS.items() for each in naming(module, option, options)),
        *(each for module in MODULES if module != "dcos_keypair" for each in connected(module)),
        *by_environment(),
        *around(),
        *looked_up(),
    ]


def lay_out(folder: Path, ca_path: str, variables: dict[str, Any]) -> Path:
    """Make both folders anew below ``folder``, ``play`` and ``command``; return the playbook."""
    shutil.rmtree(folder, ignore_errors=True)
    play, command, role = folder / "play", folder / "command", folder / "roles" / "elsewhere" / "tasks"
    for place in (play / "keys", play / "tls", play / "cli" / "clusters" / "1", command / "keys", role):
        place.mkdir(parents=True)
    key = _keys.generate_private_key()
    contents = {
        "ca.pem": Path(ca_path).read_text(encoding="utf-8"),
        "token.txt": "right",
        "other.txt": "right",
        "some.csr": _x509.build_csr(_x509.generate_key("ECDSA"), "csr", ["csr.example.com"]),
        KEY: key,
        "keys/public.pem": _keys.public_key_of(key),
        "sa.json": json.dumps({"uid": "robot", "private_key": key}),
    }
    for name, content in contents.items():
        (play / name).write_text(content, encoding="utf-8")
        (command / name).write_text("wrong", encoding="utf-8")
    (play / "stdin-by-a-link").symlink_to("/dev/stdin")
    (play / "cli" / "clusters" / "1" / "dcos.toml").write_text(
        f'[core]\ndcos_url = "{variables["url"]}"\ndcos_acs_token = "{variables["token"]}"\nssl_verify = "ca.pem"\n',
        encoding="utf-8",
    )
    (role / "main.yml").write_text(
        json.dumps([task("In a role", "dcos_secret", {"path": "role/src", "src": "token.txt"})]), encoding="utf-8"
    )
    defaults = {"group/dcos.security.dcos": {"url": "{{ url }}", "ca_path": "ca.pem", "auth_token": "{{ token }}"}}
    playbook = {
        "name": "Places",
        "hosts": "here",
        "gather_facts": False,
        "module_defaults": defaults,
        "vars": {"elsewhere": str(role.parent), "command": str(command)},
        "tasks": tasks(),
    }
    (play / "places.yml").write_text(json.dumps([playbook]), encoding="utf-8")
    return play / "places.yml"
