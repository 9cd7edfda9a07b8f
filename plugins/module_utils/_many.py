# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A list of what a module otherwise does one of: each entry is a task of its own, over one client and one login.

This file is private to the collection.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Callable

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError

from ansible_collections.dcos.security.plugins.module_utils._client import connect
from ansible_collections.dcos.security.plugins.module_utils._errors import BulkError, InputError
from ansible_collections.dcos.security.plugins.module_utils._files import FileWriter
from ansible_collections.dcos.security.plugins.module_utils._given import checked, shortened
from ansible_collections.dcos.security.plugins.module_utils._parallel import check_concurrency, together
from ansible_collections.dcos.security.plugins.module_utils._redact import mask
from ansible_collections.dcos.security.plugins.module_utils._task import Many, Params, Spec, Task, attempt

# How many wrong entries an error explains; the others are counted.
EXPLAINED = 10


class _Checked(BaseException):
    """An entry has come to where it wants to connect: what can be checked without a request has been."""


class _OneAtATime(FileWriter):
    """Writes files for one entry at a time: to do it changes the umask of the process, and core is not for threads."""

    _lock = threading.RLock()

    def check(self, modes: dict[str, Any]) -> None:
        """See FileWriter."""
        with self._lock:
            super().check(modes)

    def write(self, files: Sequence[tuple[str, str | bytes, Any]]) -> None:
        """See FileWriter."""
        with self._lock:
            super().write(files)

    def set_attributes(self, modes: dict[str, Any]) -> bool:
        """See FileWriter."""
        with self._lock:
            return super().set_attributes(modes)


class Entry(Task):
    """The task of one entry: options, result and secrets of its own; the rest is the whole task's.

    Secrets are not shared, because to look for those of all entries in the results of all takes the square of the time.
    """

    def __init__(self, whole: Task, params: Params, secrets: set[str], item: str) -> None:
        files = _OneAtATime(whole.files.core, params)
        super().__init__(params, files, whole.check_mode, whole.diff_mode, secrets | whole.secrets)
        self.item = item
        self.warnings: list[str] = []
        self._whole = whole
        self._client: Any = None

    @property
    def client(self) -> Any:
        """The client of the whole task. There is none while the entries are checked."""
        if self._client is None:
            raise _Checked
        return self._client

    @client.setter
    def client(self, client: Any) -> None:
        self._client = client

    def warn(self, text: str) -> None:
        """Keep a warning until all entries are done: in their order, whichever was done first."""
        if self._client is not None:  # the check of an entry says what the entry will say again
            self.warnings.append(self.masked(text))

    def progress(self, done: int, total: int, what: str) -> None:
        """Say for which entry it is."""
        self._whole.progress(done, total, f"{what} ({self.item})")


class Entries:
    """The list of a task.

    Args:
        run: the module's code for one thing.
        spec, constraints: of the options of one thing.
        given: the list as it was given.
        beside: names of the options that were given beside it.
    """

    def __init__(
        self,
        run: Callable[[Task], None],
        many: Many,
        spec: Spec,
        constraints: dict[str, Any],
        given: Any,
        beside: Iterable[str],
    ) -> None:
        self._run = run
        self._many = many
        self._spec = spec
        self._subjects = constraints.get("subjects", ())
        self._validator = ArgumentSpecValidator(
            spec, **{name: value for name, value in constraints.items() if name != "subjects"}
        )
        self._given = given
        self._aliases = {alias: name for name, option in spec.items() for alias in option.get("aliases", ())}
        self._beside = {self._aliases.get(name, name) for name in beside}

    def run(self, task: Task) -> None:
        """Do all entries, some at a time, and put ``results`` and ``failures`` into the task's result.

        Raises InputError for entries that are wrong, before anything is sent, BulkError if some failed.
        """
        concurrency = check_concurrency(task.params["concurrency"])
        entries = self._checked(task)
        task.result.update(results=[], failures=[])
        failures: list[Any] = []
        if entries:
            client = connect(task)
            client.auth.token()  # one login for all, and one error if it is refused
            for entry in entries:
                entry.client = client
            option = self._many.option
            outcomes = together(
                self._outcome,
                entries,
                concurrency,
                finished=lambda done: task.progress(done, len(entries), option),
            )
            for warning in dict.fromkeys(warning for entry in entries for warning in entry.warnings):
                task.warn(warning)
            task.result["results"] = results = [result for _entry, result, _error in outcomes]
            task.result["changed"] = any(result["changed"] for result in results)
            if task.diff_mode:
                task.result["diff"] = [result.pop("diff") for result in results if "diff" in result]
            failures = [result for result in results if result["failed"]]
            task.result["failures"] = [
                {name: result[name] for name in ("item", "msg", "failure") if name in result} for result in failures
            ]
        if failures and task.params["on_failure"] == "fail":
            raise BulkError(self._many.option, len(entries), task.result["failures"])
        # Said here, because callbacks look into results otherwise.
        task.result["failed"] = False

    def _outcome(self, entry: Entry) -> dict[str, Any]:
        """Return what a task of this one thing would return, with its name, and whether it failed."""
        result = {"item": entry.item, **attempt(self._run, entry)}
        result.setdefault("failed", False)
        return {name: value for name, value in result.items() if name not in self._many.unreturned}

    # --- before anything is sent -----------------------------------------------------------------------------------

    def _checked(self, task: Task) -> list[Entry]:
        """Return the entries. Raises InputError, which names every one that is wrong."""
        for name in self._many.own:
            if name in self._beside:
                raise InputError(f"{name} does not go with {self._many.option}: give it in the entries.")
        if not isinstance(self._given, list):
            raise InputError(
                f"{self._many.option} must be a list of dictionaries. If what it is taken from may be empty, give it a "
                "default of []."
            )
        defaults = {name: task.params[name] for name in self._spec if name in self._beside}
        entries: list[Entry] = []
        wrong: list[str] = []
        seen: dict[object, int] = {}
        for number, options in enumerate(self._given):
            label = f"{self._many.option}[{number}]"
            try:
                entry = self._entry(task, number, options, defaults)
                self._rehearse(entry)
                for thing in self._many.things(entry.params):
                    if seen.setdefault(thing, number) != number:
                        raise InputError(
                            f"'{entry.item}' is in the list already, as {self._many.option}[{seen[thing]}]."
                        )
                entries.append(entry)
            except InputError as exc:
                wrong.append(str(exc) if str(exc).startswith(label) else f"{label}: {exc}")
        if wrong:
            more = f" (and {len(wrong) - EXPLAINED} more)" if len(wrong) > EXPLAINED else ""
            raise InputError(" ".join(wrong[:EXPLAINED]) + more)
        return entries

    def _entry(self, task: Task, number: int, options: Any, defaults: Params) -> Entry:
        if not isinstance(options, dict):
            raise InputError("It is no dictionary of options.")
        given = checked(self._spec, options, self._subjects, f"{self._many.option}[{number}].")
        given = {**defaults, **{self._aliases.get(name, name): value for name, value in given.items()}}
        validated = self._validator.validate(given)
        hidden = {
            text
            for source in (given, validated.validated_parameters)
            for name, value in source.items()
            if self._spec.get(name, {}).get("no_log")
            for text in _leaves(value)
        }
        if validated.error_messages:
            texts = [
                f"unsupported options: {error.msg}" if isinstance(error, UnsupportedError) else error.msg
                for error in validated.errors
            ]
            text = mask("; ".join(text.rstrip(".") for text in texts) + ".", hidden)
            raise InputError(shortened(text, options))
        params = validated.validated_parameters
        return Entry(task, params, hidden, self._many.item(params))

    def _rehearse(self, entry: Entry) -> None:
        """Run an entry up to where it connects, so that what is wrong with it shows before anything is sent."""
        with contextlib.suppress(_Checked):
            self._run(entry)
        entry.result = {"changed": False}


def _leaves(value: Any) -> Iterator[str]:
    """Return the texts and numbers in the value of a secret option."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for member in value:
            yield from _leaves(member)
    elif value is not None and not isinstance(value, bool):
        yield str(value)
