# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connection and credential options: their argument spec, and what they mean together with the environment.

The environment is resolved here and not by argument-spec fallbacks, because a fallback hides which options the user
typed, and what was typed must win over the environment as a whole.

This file is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from ansible_collections.dcos.security.plugins.module_utils._errors import AuthError, InputError
from ansible_collections.dcos.security.plugins.module_utils._files import absolute

if TYPE_CHECKING:
    from ansible_collections.dcos.security.plugins.module_utils._cli import Cluster

METHODS = ["auto", "token", "password", "service_account", "cli"]

CONNECTION_SPEC: dict[str, dict[str, Any]] = {
    "url": {"type": "str"},
    "auth_method": {"type": "str", "choices": METHODS},
    "auth_token": {"type": "str", "no_log": True},
    "auth_username": {"type": "str"},
    "auth_password": {"type": "str", "no_log": True},
    "auth_private_key": {"type": "str", "no_log": True},
    "auth_private_key_path": {"type": "path", "no_log": False},
    "auth_credential": {"type": "jsonarg", "no_log": True},
    "cluster": {"type": "str"},
    "ca_path": {"type": "path"},
    "validate_certs": {"type": "bool"},
    "timeout": {"type": "float"},
    "retries": {"type": "int", "default": 3},
}

# Options that say who logs in, with the variables that can stand in for them. Names are those that the DC/OS CLI
# reads, exports to its plugins, or that DC/OS puts into a task's environment.
CREDENTIAL_VARIABLES = {
    "auth_token": "DCOS_ACS_TOKEN",
    "auth_username": "DCOS_USERNAME",
    "auth_password": "DCOS_PASSWORD",
    "auth_private_key": None,
    "auth_private_key_path": "DCOS_PRIVATE_KEY_PATH",
    "auth_credential": "DCOS_SERVICE_ACCOUNT_CREDENTIAL",
}

# In front of the path of a file that holds what the option would.
FILE_URL = "file://"

DEFAULT_TIMEOUT = 30.0
LONGEST_TIMEOUT = 86400
DEFAULT_MAX_ANSWER_MB = 64
LARGEST_MAX_ANSWER_MB = 16384


class Credentials(NamedTuple):
    """One way to authenticate: its method and the options (name to value) that it uses."""

    method: str
    options: dict[str, str]


# For what the cluster answers to anybody: no credentials are needed, and none are sent.
ANONYMOUS = Credentials("anonymous", {})


class Connection(NamedTuple):
    """Where to connect, how far to trust it, and how to authenticate there.

    ``method`` is that of ``credentials``, or ``cli``. Paths are absolute; ``folder`` is where others of the
    environment, which only requests knows, lie that are not, None for the folder of the process.
    """

    url: str
    method: str
    credentials: Credentials
    renewals: tuple[Credentials, ...]
    ca_path: str | None
    validate_certs: bool
    timeout: float
    retries: int
    folder: str | None
    max_answer: int  # bytes


def resolve(
    params: Mapping[str, Any], environ: Mapping[str, str], anonymous: bool = False, folder: str | None = None
) -> Connection:
    """Turn options (None or empty: not given) and the environment into a Connection.

    ``anonymous`` leaves credentials out of it, whatever there are. ``folder`` is where relative paths lie, those of the
    environment, too; by default the folder of the process.

    Raises InputError for options that contradict each other or cannot be used, AuthError where credentials are missing.
    """
    given = {
        name: _located(name, params[name], folder) for name in CREDENTIAL_VARIABLES if _is_given(name, params.get(name))
    }
    method = _method(params, given, environ)
    cli = _cli_cluster(params, method, given, environ, folder)
    if cli and cli.token:
        given["auth_token"] = cli.token
    variables = {name: var for name, var in CREDENTIAL_VARIABLES.items() if var}
    env = {
        name: _located(name, environ[var], folder)
        for name, var in variables.items()
        if _is_given(name, environ.get(var))
    }
    validate_certs = params.get("validate_certs")
    if validate_certs is None:
        validate_certs = cli.validate_certs if cli else not _truth(environ, "DCOS_TLS_INSECURE")
    url = _origin(cli.url if cli else params.get("url") or environ.get("DCOS_URL"))
    way, renewals = (ANONYMOUS, ()) if anonymous else _choose(method, given, env, cli)
    ca_path = params.get("ca_path") or (cli and cli.ca_path) or environ.get("DCOS_TLS_CA_PATH")
    return Connection(
        url=url,
        method="cli" if cli else way.method,
        credentials=way,
        renewals=renewals,
        ca_path=absolute(ca_path, folder) if ca_path else None,
        validate_certs=validate_certs,
        timeout=_timeout(params.get("timeout"), environ.get("DCOS_TIMEOUT")),
        retries=3 if params.get("retries") is None else max(0, params["retries"]),
        folder=folder,
        max_answer=_max_answer(environ.get("DCOS_MAX_ANSWER_MB")),
    )


def located(options: Mapping[str, Any], folder: str | None = None) -> dict[str, Any]:
    """Return connection options, some or all, with every path absolute; what is relative lies in ``folder``."""
    return {name: value if value is None else _located(name, value, folder) for name, value in options.items()}


def _located(name: str, value: Any, folder: str | None) -> Any:
    if name in ("ca_path", "auth_private_key_path") and value:
        return absolute(value, folder)
    if name == "auth_credential" and isinstance(value, str) and value.startswith(FILE_URL):
        return FILE_URL + absolute(value[len(FILE_URL) :], folder)
    return value


def _is_given(name: str, value: str | None) -> bool:
    # A token may have come out of an empty file with a line break; of a password, white space is a part.
    return bool(value and (name != "auth_token" or value.strip()))


def _method(params: Mapping[str, Any], given: Mapping[str, str], environ: Mapping[str, str]) -> str:
    """Return the method asked for; the environment's is for credentials and an URL that are the environment's too."""
    if params.get("auth_method"):
        return str(params["auth_method"])
    method = environ.get("DCOS_AUTH_METHOD") or "auto"
    if method not in METHODS:
        raise InputError(
            f"The environment variable DCOS_AUTH_METHOD must be one of {', '.join(METHODS)}, not '{method}'."
        )
    return "auto" if given or (method == "cli" and params.get("url")) else method


def _cli_cluster(
    params: Mapping[str, Any],
    method: str,
    given: Mapping[str, str],
    environ: Mapping[str, str],
    folder: str | None,
) -> Cluster | None:
    """Return the DC/OS CLI's cluster where the options call for it, else None."""
    cluster = params.get("cluster")
    if (cluster or method == "cli") and (params.get("url") or given):
        wish = "cluster" if cluster else "auth_method: cli"
        clash = "url" if params.get("url") else sorted(given)[0]
        raise InputError(
            f"{wish} and {clash} are mutually exclusive: {wish} takes URL, token and CA from the configuration of the "
            "DC/OS CLI. Remove one of them."
        )
    elsewhere = params.get("url") or environ.get("DCOS_URL") or given
    if not (cluster or method == "cli" or (environ.get("DCOS_CLUSTER") and not elsewhere)):
        return None
    # Loaded only here, as an ordinary module compiles what it loads in each task.
    from ansible_collections.dcos.security.plugins.module_utils._cli import read_cluster

    return read_cluster(cluster or environ.get("DCOS_CLUSTER"), environ, folder)


def _ways(options: Mapping[str, str]) -> list[Credentials]:
    """List the ways to authenticate that ``options`` suffice for, best first."""
    ways = []

    def add(method: str, *names: str) -> None:
        if all(options.get(name) for name in names):
            ways.append(Credentials(method, {name: options[name] for name in names}))

    add("token", "auth_token")
    add("service_account", "auth_credential")
    add("service_account", "auth_username", "auth_private_key")
    add("service_account", "auth_username", "auth_private_key_path")
    add("password", "auth_username", "auth_password")
    return ways


def _choose(
    method: str, given: dict[str, str], env: dict[str, str], cli: Cluster | None
) -> tuple[Credentials, tuple[Credentials, ...]]:
    """Pick the way to authenticate, and the logins that can renew its token."""
    if cli:
        # A token in the environment may be of any cluster; the CLI's configuration says which this one's is.
        env = {name: value for name, value in env.items() if name != "auth_token"}
    both = {**env, **given}
    # A way that needs no variable comes first; else a variable may complete what was given, never replace it.
    completed = [way for way in _ways(both) if set(way.options) & set(given)]
    preferred = _ways(given) + completed if given else _ways(env)
    candidates = [way for way in preferred if method in ("auto", "cli", way.method)]
    if not candidates:
        raise AuthError(_missing(method, both, cli))
    # In this order: a login that is renewed must not become that of another user whom the environment knows.
    renewals = [way for way in (candidates[0], *preferred, *_ways(both)) if way.method != "token"]
    return candidates[0], tuple(way for number, way in enumerate(renewals) if way not in renewals[:number])


def _missing(method: str, options: Mapping[str, str], cli: Cluster | None) -> str:
    if cli:
        return (
            f"The DC/OS CLI holds no token for cluster '{cli.name}'. Log in with 'dcos auth login', or give url and "
            "credentials."
        )
    if method == "token":
        return "auth_method token needs auth_token (or DCOS_ACS_TOKEN)."
    if method == "password":
        return "auth_method password needs auth_username and auth_password (or DCOS_USERNAME and DCOS_PASSWORD)."
    if method == "service_account":
        return (
            "auth_method service_account needs auth_credential, or auth_username with auth_private_key or "
            "auth_private_key_path."
        )
    if options.get("auth_username"):
        return (
            "auth_username is given without anything to log in with: add auth_password, or, for a service account, "
            "auth_private_key or auth_private_key_path."
        )
    if options:
        return f"{sorted(options)[0]} is given without a user: add auth_username."
    return (
        "No credentials: give auth_token, auth_username with auth_password, auth_username with "
        "auth_private_key_path, or auth_credential (or their environment variables), or use auth_method: cli after "
        "'dcos auth login'."
    )


def _origin(url: str | None) -> str:
    """Check ``url`` and return its origin, ``scheme://host[:port]``."""
    if not url:
        raise InputError(
            "No cluster to talk to: give url (or DCOS_URL), or auth_method: cli to use the cluster that the DC/OS CLI "
            "is attached to."
        )
    try:
        parts = urlsplit(url.strip())
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # half an IPv6 address, or a port that is no number
        usable = False
    if not usable:
        raise InputError(f"url must look like https://cluster.example.com, not '{_without_userinfo(url)}'.")
    if parts.username or parts.password:
        raise InputError("url must not hold a user or password: use auth_username and auth_password.")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise InputError(f"url must be the cluster's own address without a path, not '{_without_userinfo(url)}'.")
    return f"{parts.scheme}://{parts.netloc}"


def _without_userinfo(url: str) -> str:
    return url.rsplit("@", maxsplit=1)[-1]


def _truth(environ: Mapping[str, str], name: str) -> bool:
    return environ.get(name, "").strip().lower() in ("1", "true", "yes", "on", "y", "t")


def _timeout(given: float | str | None, variable: str | None) -> float:
    name, value = ("timeout", given) if given not in (None, "") else ("DCOS_TIMEOUT", variable or DEFAULT_TIMEOUT)
    try:
        seconds = float(value)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= LONGEST_TIMEOUT:
        raise InputError(f"{name} must be a number of seconds, up to {LONGEST_TIMEOUT}, not '{value}'.")
    return seconds


def _max_answer(variable: str | None) -> int:
    """Return the bytes that an answer may have; an environment variable alone, as nobody meets it in daily work."""
    try:
        megabytes = int(variable or DEFAULT_MAX_ANSWER_MB)
    except ValueError:
        megabytes = 0
    if not 0 < megabytes <= LARGEST_MAX_ANSWER_MB:
        raise InputError(
            "The environment variable DCOS_MAX_ANSWER_MB must be a number of megabytes, up to "
            f"{LARGEST_MAX_ANSWER_MB}, not '{variable}'."
        )
    return megabytes << 20
