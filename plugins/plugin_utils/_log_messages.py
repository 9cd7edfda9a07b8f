# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what journald, syslog and log shippers give to the messages that were logged. Pure functions.

Understood are lines of text (journalctl's own formats for people, syslog, the components' own), fields (``journalctl -o
export``, ``-o verbose``) and JSON (``-o json``, ``-o json-pretty``, ``-o json-seq``, ``-o json-sse``, and objects that
Fluent Bit, Fluentd, Logstash, Filebeat, Vector, Loki, Splunk, Graylog and container runtimes make of a line).

This file is private to the collection.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from ansible_collections.dcos.security.plugins.module_utils._errors import InputError

# Where a line lies in an object, best first. Only these are looked at, as others may hold what a client sent.
MESSAGES = ("MESSAGE", "message", "msg", "log", "_raw", "line", "short_message", "full_message", "content", "original")
FORMS = (
    "what journalctl prints, in any of its formats; lines of syslog; lines as the components of DC/OS write them; and "
    f"JSON objects that have the line in {', '.join(MESSAGES)}"
)
# What else an object may wrap it in.
WRAPPERS = ("_source", "source", "event", "result", "fields", "attributes", "content", "log", "data")

_TIME = r"\d\d:\d\d:\d\d"
# How a line of a known form begins.
_BEGINNING = re.compile(
    "|".join(
        (
            r"<\d{1,3}>",  # syslog
            rf"[A-Z][a-z]{{2}} [ \d]\d {_TIME}",  # journalctl and syslog: "Nov 02 10:15:04"
            r"[A-Z][a-z]{2} \d{4}-\d\d-\d\d ",  # journalctl -o short-full, -o verbose
            rf"\d{{4}}[-/]\d\d[-/]\d\d[T ]{_TIME}",  # -o short-iso, nginx, container runtimes
            r"\d{9,}\.\d{6} ",  # -o short-unix
            r"\[ *\d+\.\d{6}\]",  # -o short-monotonic
            rf"[IWEF]\d{{4}} {_TIME}",  # glog: Mesos
            rf"\[\d{{6}}-{_TIME}",  # the IAM
            rf"\[\d{{4}}-\d\d-\d\d {_TIME}",  # Marathon, Metronome
            r"-- (?:Logs|Journal|Boot|Reboot|No entries|cursor)",  # journalctl's own words
            r"\S+ - \S+ \[\d\d/",  # nginx' access log
            r"(?:time|timestamp|ts|level)=",  # components written in Go
        )
    )
)
_FIELD = re.compile(r"\s*(?P<name>_*[A-Z][A-Z0-9_]*)=(?P<value>.*)", re.DOTALL)
_AUDIT = re.compile(r"(?<!\S)type=audit(?!\S)")
_DECODER = json.JSONDecoder()


class Message(NamedTuple):
    """A line that was read: its text, the fields that a log shipper made of it, and whether its form is a known one."""

    text: str
    fields: dict[str, Any]
    known: bool


def messages(log: Any) -> Iterator[Message]:
    """Yield what was logged, of a text, of bytes, of an object, or of a list of these.

    Raises InputError for anything else.
    """
    if isinstance(log, bytes):
        log = log.decode("utf-8", "replace")
    if isinstance(log, str):
        yield from _of_text(log)
    elif isinstance(log, dict):
        yield _of_object(log)
    elif isinstance(log, (list, tuple)):
        for part in log:
            yield from messages(part)
    else:
        raise InputError(f"A log is text, or a list of lines, and not of type {type(log).__name__}.")


def _of_text(text: str) -> Iterator[Message]:
    if text.lstrip("\ufeff\x1e \t\r\n")[:1] in ("{", "["):
        whole = _of_json(text)
        if whole is not None:
            yield from whole
            return
    for line in text.split("\n"):
        if line.strip("\x1e\r\t "):
            yield _of_line(line)


def _of_json(text: str) -> list[Message] | None:
    """Return the messages of JSON values one behind the other, or None if the text is not that alone."""
    found: list[Message] = []
    position, end = 0, len(text)
    while True:
        while position < end and text[position] in "\ufeff\x1e, \t\r\n":
            position += 1
        if position == end:
            return found
        try:
            value, position = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError):
            return None
        if not isinstance(value, (dict, list)):
            return None
        for part in value if isinstance(value, list) else [value]:
            found.append(_of_object(part) if isinstance(part, dict) else Message("", {}, False))


def _of_line(line: str) -> Message:
    text = line.replace("\x00", " ").strip("\ufeff\x1e\r")
    # server-sent events, and Fluentd's files: time, tag and object
    embedded = re.match(r"(?:data:\s*|[^\t{]+\t[^\t{]+\t)?(?P<object>\{.*\})\s*$", text)
    if embedded:
        try:
            value = json.loads(embedded["object"])
        except (ValueError, RecursionError):
            return Message("", {}, False)
        return _of_object(value)
    field = _FIELD.fullmatch(text)
    if field and not _AUDIT.search(text[: field.start("value")]):
        return Message(field["value"] if field["name"] == "MESSAGE" else "", {}, True)
    return Message(text, {}, bool(_BEGINNING.match(text.lstrip()) or _AUDIT.search(text)))


def _of_object(value: dict[str, Any], depth: int = 4) -> Message:
    if value.get("type") == "audit" and "result" in value:
        return Message("", value, True)
    for name in MESSAGES:
        text = _text(value.get(name))
        if text is not None:
            return Message(text, {}, True)
    for name in WRAPPERS:
        inner = value.get(name)
        if isinstance(inner, dict) and depth:
            message = _of_object(inner, depth - 1)
            if message.known:
                return message
    return Message("", {}, False)


def _text(value: Any) -> str | None:
    """Return a message as text: journald writes one that is not UTF-8 as a list of bytes."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(isinstance(byte, int) and 0 <= byte < 256 for byte in value):
        return bytes(value).decode("utf-8", "replace")
    if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
        return " ".join(value)
    return None
