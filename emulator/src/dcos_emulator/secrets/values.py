# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The two forms of a secret: text with metadata as JSON, and raw bytes."""

from __future__ import annotations

import base64
from typing import Any

from starlette.responses import Response

from .. import unconfirmed
from ..call import Call
from ..records import Secret
from .http import SecretsError, answer, json_object

TEXT = "application/json"
BINARY = "application/octet-stream"

METADATA = ("author", "created", "description")


def secret_from(call: Call) -> Secret:
    """The secret in a PUT or PATCH; the content type decides about its form."""
    content_type = call.headers.get("content-type", "").split(";", 1)[0].strip().lower()
    if content_type == BINARY:
        secret = Secret(base64.b64encode(call.body).decode(), binary=True)
    elif content_type == TEXT:
        secret = _text_secret(json_object(call.body))
    else:
        raise SecretsError(400, "Unsupported Content-Type header")
    if not secret.value and not unconfirmed.accepts_empty_value():
        raise SecretsError(400, unconfirmed.secrets_text("empty value"))
    if unconfirmed.is_too_large(len(call.body if secret.binary else secret.value.encode())):
        raise SecretsError(unconfirmed.too_large_status(), unconfirmed.secrets_text("too large"))
    return secret


def _text_secret(body: dict[str, Any]) -> Secret:
    """Members that are not known are ignored; a null is as good as no member, as in every Go service."""
    value = body.get("value")
    if not isinstance(value, str | None):
        raise _wrong_type("value", "a string")
    metadata: dict[str, object] = {}
    for name in METADATA:
        if not isinstance(body.get(name), str | None):
            raise _wrong_type(name, "a string")
        metadata[name] = body.get(name)
    labels = body.get("labels") or []
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise _wrong_type("labels", "a list of strings")
    metadata["labels"] = labels
    return Secret(value or "", metadata={name: given for name, given in metadata.items() if given})


def _wrong_type(member: str, wanted: str) -> SecretsError:
    return SecretsError(400, unconfirmed.secrets_text("wrong type", member=member, type=wanted))


def secret_response(call: Call, secret: Secret) -> Response:
    """The answer to GET: the secret in its own form, if the client takes it."""
    media = BINARY if secret.binary else TEXT
    if not _accepts(call.headers.get("accept", ""), media):
        raise SecretsError(unconfirmed.unacceptable_form_status(), "Unsupported Accept header")
    if secret.binary:
        return Response(base64.b64decode(secret.value), 200, {"Content-Type": BINARY})
    return answer({"value": secret.value, **unconfirmed.echoed_metadata(secret.metadata)})


def _accepts(accept: str, media: str) -> bool:
    """Whether a client that sent this Accept header takes the media type; without the header it takes all."""
    ranges = {part.split(";", 1)[0].strip().lower() for part in accept.split(",")}
    return not accept.strip() or not ranges.isdisjoint({"*/*", "application/*", media})
