# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command ``dcos-emulator``."""

from __future__ import annotations

import argparse
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path

from . import __version__
from .ca import BACKENDS, CaUnavailable
from .iam.users import is_valid_id
from .records import DamagedRecord
from .server import run
from .settings import ENTERPRISE_TOKEN_LIFETIME, LARGEST_NUMBER, OPEN_TOKEN_LIFETIME, Settings


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise ValueError(f"no port: {port}")
    return port


def _number(text: str) -> float:
    number = float(text)
    if not 0 <= number <= LARGEST_NUMBER:
        raise ValueError(f"no such time: {number}")
    return number


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dcos-emulator",
        description="A local stand-in for the security services of a DC/OS Enterprise cluster.",
        epilog="When it is ready it prints one line of JSON: url, ca_path, username, password, pid.",
    )
    defaults = Settings()
    add = parser.add_argument
    add("--host", default=defaults.host, help="address to listen on (default: %(default)s)")
    add("--port", type=_port, default=defaults.port, help="port to listen on, 0 for a free one (default: %(default)s)")
    add("--no-tls", dest="tls", action="store_false", help="serve plain http")
    add("--superuser", metavar="UID", default=defaults.superuser, help="first superuser (default: %(default)s)")
    add("--password", metavar="PW", default=defaults.password, help="the superuser's password (default: %(default)s)")
    add("--latency-ms", type=_number, metavar="N", default=0.0, help="wait this long before each answer")
    add(
        "--token-lifetime",
        type=_number,
        metavar="S",
        help="seconds until a token expires (default: 5 days; 2 days with --open-edition)",
    )
    add("--ca", choices=BACKENDS, default=defaults.ca, help="the Certificate Authority (default: %(default)s)")
    add("--state", type=Path, metavar="FILE", help="keep the cluster's state in this file")
    add("--audit-log", type=Path, metavar="FILE", help="append audit lines to this file")
    add("--ready-file", type=Path, metavar="FILE", help="write the ready line to this file, too")
    add("--open-edition", action="store_true", help="behave as the open-source IAM alone; implies --bare")
    add("--bare", action="store_true", help="a new cluster without native accounts and built-in ACLs")
    add(
        "--allow-remote-controls",
        action="store_true",
        help="serve the test controls on an address that is not loopback, too",
    )
    add(
        "--control-host",
        dest="control_hosts",
        action="append",
        default=[],
        metavar="NAME",
        help="with --allow-remote-controls: a name under which they may be reached, beside the address; repeatable",
    )
    add(
        "--until-stdin-closes",
        action="store_true",
        help="end when standard input does: with a pipe, when the process at its other end ends, whatever ends that",
    )
    add("--verbose", action="store_true", help="log to stderr")
    add("--version", action="version", version=f"%(prog)s {__version__}")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the emulator; returns the exit status: 0 after a signal, 1 if it could not start, 2 for wrong usage."""
    parser = _parser()
    options = vars(parser.parse_args(arguments))
    if options["token_lifetime"] is None:
        options["token_lifetime"] = OPEN_TOKEN_LIFETIME if options["open_edition"] else ENTERPRISE_TOKEN_LIFETIME
    if options["control_hosts"] and not options["allow_remote_controls"]:
        parser.error("--control-host is of use only with --allow-remote-controls")
    options["control_hosts"] = tuple(options["control_hosts"])
    if not is_valid_id(options["superuser"]):
        parser.error(f"--superuser: {options['superuser']!r} is no valid uid")
    try:
        run(Settings(**options))
    except KeyboardInterrupt:
        return 0  # before the server has taken over the signals
    except (sqlite3.Error, DamagedRecord) as error:
        print(f"dcos-emulator: --state {options['state']}: {error}", file=sys.stderr)
        return 1
    except (CaUnavailable, OSError) as error:
        print(f"dcos-emulator: {error}", file=sys.stderr)
        return 1
    return 0
