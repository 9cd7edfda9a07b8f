# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a cluster holds when its installation has ended."""

from __future__ import annotations

import secrets
import uuid
from concurrent.futures import ThreadPoolExecutor

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from . import unconfirmed
from .ca import Root
from .iam.passwords import hash_password
from .records import SUPERUSER_RID, SUPERUSERS, Acl, Group, User
from .secrets.stores import DEFAULT, new_backend
from .settings import Settings
from .store import Store
from .tokens import generate_key_pem


def bootstrap(store: Store, settings: Settings) -> None:
    """Fill an empty store; a store that was filled before keeps its cluster and gets the superuser asked for."""
    if not any(store.records()):
        cluster_id = str(uuid.uuid4())
        # Two RSA keys are most of the start; they are made outside the interpreter lock.
        with ThreadPoolExecutor(1) as pool:
            token_key = pool.submit(generate_key_pem)
            ca_root = Root.generate(cluster_id)
        store.set_meta("cluster_id", cluster_id)
        store.set_meta("token_key", token_key.result())
        store.set_meta("ca_root", ca_root.to_dict())
    if not settings.open_edition:
        if SUPERUSERS not in store.groups:  # a new cluster, or one that was an open-source one until now
            _add_enterprise_objects(store)
            if not settings.bare:
                _add_native_objects(store)
        _ensure_superuser(store, settings)


def _add_enterprise_objects(store: Store) -> None:
    store.put_group(Group(SUPERUSERS, "Superuser group"))
    store.put_acl(Acl(SUPERUSER_RID, "Superuser ACL"))
    store.set_actions(SUPERUSER_RID, ("groups", SUPERUSERS), {"full": None})
    store.put_backend(new_backend(DEFAULT))


def _add_native_objects(store: Store) -> None:
    for uid, description in unconfirmed.native_accounts().items():
        store.put_user(User(uid, description, public_key=_key_of_nobody()))
    for rid in unconfirmed.builtin_acls():
        store.put_acl(Acl(rid, rid))


def _key_of_nobody() -> str:
    """A public key without a private half, so that nobody can log in with it."""
    modulus = secrets.randbits(2048) | 1 << 2047 | 1
    key = rsa.RSAPublicNumbers(65537, modulus).public_key()
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def _ensure_superuser(store: Store, settings: Settings) -> None:
    """The line that announces readiness names this user and password, so both must hold after a restart too."""
    uid = settings.superuser
    store.put_user(User(uid, f"Superuser {uid}", password_hash=hash_password(settings.password)))
    if uid not in store.members.get(SUPERUSERS, {}):
        store.add_member(SUPERUSERS, uid)
