# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cluster's Certificate Authority: ``/ca/api/v2/X`` as DC/OS' fork of cfssl answers it.

Two backends keep one contract: ``embedded`` needs nothing but the cryptography library, ``cfssl`` is the real thing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from .contract import CaAnswer, CaBackend, CaUnavailable
from .pki import Root

__all__ = ["BACKENDS", "CaAnswer", "CaBackend", "CaUnavailable", "Root", "make_backend"]

BACKENDS = ("embedded", "cfssl")


def _machine_time() -> datetime:
    return datetime.now(UTC)


def make_backend(kind: str, root: Root, clock: Callable[[], datetime] = _machine_time) -> CaBackend:
    """A backend that signs with ``root``; ``kind`` is one of BACKENDS, else ValueError.

    ``clock`` gives the time (aware) that certificates are dated with. The real cfssl has only the machine's.
    """
    # Imported here because the emulator starts with one of them and should not pay for the other.
    if kind == "embedded":
        from .embedded import EmbeddedBackend

        return EmbeddedBackend(root, clock)
    if kind == "cfssl":
        from .cfssl import CfsslBackend

        return CfsslBackend(root)
    raise ValueError(f"Unknown CA backend {kind!r}: expected one of {', '.join(BACKENDS)}.")
