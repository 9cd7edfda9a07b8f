# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role service_identity says at its end: about each identity, and which of them failed. No secrets.

This file is private to the collection.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.dcos.security.plugins.plugin_utils._identity_steps import Run

# How many paths a warning names.
NAMED = 20


def report(run: Run) -> list[dict[str, Any]]:
    """Return the ``service_identity_results``, in the order of the list.

    Each has ``uid``, ``state``, ``changes`` (the parts that were changed, or in check mode would be) and ``outcome``,
    which says so in words. One that failed has ``failed``, ``msg`` and, where a request is to blame,
    ``failure``; one that is present has ``fingerprint``, ``secret_path``, ``permissions`` and ``certificates``, which
    are {name, not_after}.
    """
    found = [_reported(run, number) for number in range(len(run.identities))]
    return [{**one, "outcome": _outcome(one, run.check_mode)} for one in found]


def failures(run: Run) -> str:
    """Return one sentence or more that name the identities that failed, with the reasons, or an empty text."""
    reasons = [f"{one['uid']}: {one['msg']}" for one in report(run) if one.get("failed")]
    if len(run.identities) == 1:
        return reasons[0] if reasons else ""
    return f"{len(reasons)} of {len(run.identities)} identities failed. " + " ".join(reasons) if reasons else ""


def leftovers(run: Run) -> list[str]:
    """Return warnings about what the removal of identities left on the cluster."""
    warnings = []
    for number, identity in enumerate(run.identities):
        if identity["state"] != "absent" or run.problem(number):
            continue
        left = run.left(number)
        if left:
            more = f" and {len(left) - NAMED} more" if len(left) > NAMED else ""
            warnings.append(
                f"With '{identity['uid']}' gone, these secrets of its folder are still there: "
                f"{', '.join(left[:NAMED])}{more}. Remove them with dcos_secret if nothing uses them."
            )
        if identity["tasks"]:
            rids = ", ".join(row["rid"] for row in identity["tasks"]["permissions"])
            warnings.append(
                f"{identity['tasks']['uid']} keeps the permission create on {rids}, as other services may need it."
            )
    return warnings


def _outcome(one: dict[str, Any], check_mode: bool) -> str:
    """Say in a few words what became of an identity, or in check mode would."""
    if one.get("failed"):
        return f"{'unknown' if check_mode else 'failed'}: {one['msg']}"
    if not one["changes"]:
        return "unchanged"
    verb = "removed" if one["state"] == "absent" else "changed"
    if check_mode:
        verb = "would be removed" if one["state"] == "absent" else "would change"
    return f"{verb}: {', '.join(one['changes'])}"


def _reported(run: Run, number: int) -> dict[str, Any]:
    identity = run.identities[number]
    about = {"uid": identity["uid"], "state": "present" if run.rotation else identity["state"]}
    about["changes"] = run.altered(number)
    problem = run.problem(number) or run.unfinished(number)
    if problem:
        if run.rotation and run.backed_out(number):
            problem = {**problem, "msg": _backed_out(run, number, problem["msg"])}
        return {**about, "failed": True, **problem}
    if about["state"] == "absent":
        left = run.left(number)
        return {**about, **({"left": left} if left else {})}
    credential = run.one("next", number) if run.rotation else run.one("credentials", number) or run.one("seen", number)
    about |= {"fingerprint": credential["fingerprint"], "secret_path": identity["path"]}
    if run.rotation:
        return about
    names = [certificate["name"] for certificate in identity["certificates"]]
    dates = [result["not_after"] for result in run.results("certificates").get(number, ())]
    return {
        **about,
        "permissions": run.one("subjects", number)["permissions"],
        "certificates": [{"name": name, "not_after": date} for name, date in zip(names, dates)],
    }


def _backed_out(run: Run, number: int, reason: str) -> str:
    """Return what became of an identity whose key could not be rotated."""
    identity = run.identities[number]
    trouble = next(
        (result["msg"] for step in ("kept", "restored", "cleared") if (result := run.one(step, number)).get("failed")),
        None,
    )
    if trouble or not run.one("restored", number):
        return (
            f"The key of '{identity['uid']}' was not rotated: {reason} Nor could that be taken back: "
            f"{trouble or 'see the error above.'} Rotate it again."
        )
    return (
        f"The key of '{identity['uid']}' was not rotated, the account has the one that lies at '{identity['path']}'. "
        f"{reason}"
    )
