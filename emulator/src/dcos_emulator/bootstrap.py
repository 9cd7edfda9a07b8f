# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a cluster holds when its installation has ended."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

from .ca import Root
from .iam.passwords import hash_password
from .records import SUPERUSER_RID, SUPERUSERS, Acl, Group, User
from .secrets.stores import DEFAULT, new_backend
from .settings import Settings
from .store import Store
from .tokens import generate_key_pem


def bootstrap(store: Store, settings: Settings) -> None:
    """Fill an empty store; a store that was filled before keeps its cluster and gets the superuser asked for."""
    if "cluster_id" not in store.meta:
        cluster_id = str(uuid.uuid4())
        # Two RSA keys are most of the start; they are made outside the interpreter lock.
        with ThreadPoolExecutor(1) as pool:
            token_key = pool.submit(generate_key_pem)
            ca_root = Root.generate(cluster_id)
        store.set_meta("cluster_id", cluster_id)
        store.set_meta("token_key", token_key.result())
        store.set_meta("ca_root", ca_root.to_dict())
        if not settings.open_edition:
            _add_enterprise_objects(store)
    if not settings.open_edition:
        _ensure_superuser(store, settings)
    store.database.commit()


def _add_enterprise_objects(store: Store) -> None:
    store.put_group(Group(SUPERUSERS, "Superuser group"))
    store.put_acl(Acl(SUPERUSER_RID, "Superuser ACL"))
    store.set_actions(SUPERUSER_RID, ("groups", SUPERUSERS), {"full": None})
    store.put_backend(new_backend(DEFAULT))


def _ensure_superuser(store: Store, settings: Settings) -> None:
    """The line that announces readiness names this user and password, so both must hold after a restart too."""
    uid = settings.superuser
    store.put_user(User(uid, f"Superuser {uid}", password_hash=hash_password(settings.password)))
    if uid not in store.members.get(SUPERUSERS, {}):
        store.add_member(SUPERUSERS, uid)
