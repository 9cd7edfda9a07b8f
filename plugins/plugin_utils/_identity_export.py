# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The identities of a cluster as variables of the role service_identity: facts in, YAML out. Pure, and without secrets.

What the role would change, or cannot say, stands there as a comment with the reason, so that nothing is dropped and
nothing changes when the file is applied.

This file is private to the collection.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml

from ansible_collections.dcos.security.plugins.module_utils._iam import SUPERUSERS
from ansible_collections.dcos.security.plugins.plugin_utils import _export_certificates, _export_entry, _identities
from ansible_collections.dcos.security.plugins.plugin_utils._estate import Estate

Entry = dict[str, Any]

HEADER = """\
---
# The service identities of a cluster, as the playbook dcos.security.export_identities found them. There are no secrets
# in it. This keeps the cluster as it is, or makes another one like it, with new keys:
#
#   ansible-playbook dcos.security.provision_service_identity -e @service_identities.yml --check
"""


def export(facts: Mapping[str, Any]) -> str:
    """Return what dcos_service_identity_info read as a file for the playbook provision_service_identity.

    Raises InputError for something else.
    """
    # Texts that ansible-core has marked become texts again.
    plain = json.loads(json.dumps(facts))
    estate = Estate(plain, _export_certificates.REMAINING_DAYS, 0, strict=False)
    sections = [HEADER]
    if plain["partial"]:
        missing = sorted({one["permission"] for one in plain["unknown"]})
        sections.append(
            _comment(["Not all could be read, for lack of permissions:", *(f"  {name}" for name in missing)])
        )
    if estate.store != "default":
        sections.append(f"service_identity_store: {json.dumps(estate.store)}\n")
    for name, rows in (
        ("dcos_cluster_groups", _groups(plain)),
        ("dcos_cluster_group_permissions", _group_permissions(plain)),
        ("dcos_cluster_acls", _acls(plain)),
    ):
        sections += [_list(name, [_told(row) for row in rows])] if rows else []
    sections.append(_list("service_identities", list(_identities_of(estate))))
    sections += [_comment(lines) for lines in (_people(estate), _nobodys(estate)) if lines]
    return "\n".join(sections)


# --- the cluster's own -----------------------------------------------------------------------------------------------


def _groups(facts: Mapping[str, Any]) -> list[Entry]:
    """Return the groups, for dcos_group; superusers has every cluster."""
    groups = [group for group in facts.get("groups") or () if group["gid"] != SUPERUSERS]
    return [{name: group[name] for name in ("gid", "description") if group[name]} for group in groups]


def _group_permissions(facts: Mapping[str, Any]) -> list[Entry]:
    return [
        {
            "gid": group["gid"],
            "permissions": [{"rid": row["rid"], "actions": row["actions"]} for row in group["permissions"]],
        }
        for group in facts.get("groups") or ()
        if group["permissions"] and group["gid"] != SUPERUSERS
    ]


def _acls(facts: Mapping[str, Any]) -> list[Entry]:
    """Return the ACLs that grants do not make as they are: those with a description, and without a grant."""
    bare = set((facts.get("unattached") or {}).get("acls") or ())
    return [acl for acl in facts.get("acls") or () if acl["description"] != acl["rid"] or acl["rid"] in bare]


def _told(row: Entry) -> str:
    """Return an entry of a list of the cluster, as a comment where it cannot be given to a module."""
    said, notes = _export_entry.without_template(row)
    fault = _export_entry.fault_of_row(said)
    return _commented([*notes, fault], said) if fault else _comment(notes) + _yaml([said])


# --- identities ------------------------------------------------------------------------------------------------------


def _identities_of(estate: Estate) -> Iterator[str]:
    """Yield the text of each service account."""
    shared = _export_certificates.secrets_of_several(estate)
    seen: dict[Any, str] = {}
    for one in estate.services():
        told = _export_entry.entry_of(one, estate, shared)
        if told.fault is None:
            told = told._replace(fault=_taken(told.identity, seen))
        if told.fault:
            yield _commented([f"{one['uid']} is not exported. {told.fault}", *told.notes], told.entry)
        else:
            yield _comment(told.notes) + _yaml([told.entry])


def _taken(identity: _identities.Identity, seen: dict[Any, str]) -> str | None:
    """Say which secret an identity would share with one before it, or note what it has."""
    things = _identities.things_of(identity)
    for thing in things:
        if thing in seen:
            return f"It shares the {thing[0]} '{thing[-1]}' with '{seen[thing]}', and each identity needs its own."
    seen.update({thing: str(identity["uid"]) for thing in things})
    return None


# --- what stands there as a comment only -----------------------------------------------------------------------------


def _people(estate: Estate) -> list[str]:
    people = [one for one in estate.identities if not one["is_service"]]
    lines = ["People are not exported, as it takes a password to make them:"] if people else []
    for one in people:
        groups = ", ".join(one["groups"] or ()) or "none"
        rows = ", ".join(f"{' '.join(row['actions'])} on {row['rid']}" for row in one["permissions"] or ())
        lines.append(f"  {one['uid']}: groups {groups}{f'; permissions {rows}' if rows else ''}")
    return lines


def _nobodys(estate: Estate) -> list[str]:
    lines = [
        f"  the credential in '{credential['path']}', of '{credential['uid']}'"
        for credential in estate.nobodys("credentials")
    ]
    lines += [f"  the certificate in '{found['certificate_secret']}'" for found in estate.nobodys("certificates")]
    lines += [f"  the journal of a key replacement, the group '{gid}'" for gid in estate.nobodys("journals")]
    return ["Of no service account, and not exported:", *lines] if lines else []


# --- YAML ------------------------------------------------------------------------------------------------------------


class _Dumper(yaml.SafeDumper):
    """Indents lists, as ansible-lint wants it."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Never without an indentation."""
        super().increase_indent(flow, False)


def _yaml(value: Any) -> str:
    # Without a character beyond ASCII, so that none can end a line in a comment.
    text: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False, width=1000, default_flow_style=None)
    return text


def _list(name: str, texts: list[str]) -> str:
    lines = [f"  {line}".rstrip() for text in texts for line in text.splitlines()]
    # With comments alone it would be null, which is not given.
    empty = all(line.lstrip().startswith("#") for line in lines)
    return "\n".join([f"{name}: []" if empty else f"{name}:", *lines, ""])


def _comment(lines: Iterable[str]) -> str:
    """Return lines of a comment, whatever is in the names that they hold."""
    escaped = (line.encode("unicode_escape").decode() for line in lines)
    return "".join(f"# {line}".rstrip() + "\n" for line in escaped)


def _commented(reasons: Iterable[str], entry: Mapping[str, Any]) -> str:
    return _comment(reasons) + "".join(f"# {line}\n" for line in _yaml([dict(entry)]).splitlines())
