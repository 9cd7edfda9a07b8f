# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Public keys of service accounts, read as strictly as the OpenSSL behind the IAM reads PEM.

Current releases of the cryptography library forgive what that OpenSSL does not: indented lines, missing newlines, a
label that does not fit what it stands for. Playbooks must meet the cluster's answer to those.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from . import errors

_BEGIN = re.compile(r"-----BEGIN (.+)-----")
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")

# In the order in which the IAM's library tries them.
_FORMATS = {"PUBLIC KEY": PublicFormat.SubjectPublicKeyInfo, "RSA PUBLIC KEY": PublicFormat.PKCS1}

NOT_A_KEY = "Could not deserialize key data."


def load_public_key(pem: str) -> rsa.RSAPublicKey:
    """The first public key in ``pem``, of any size; ValueError or UnsupportedAlgorithm if it is no RSA key."""
    pem.encode("ascii")  # UnicodeEncodeError is a ValueError
    for label, encoding in _FORMATS.items():
        der = next((data for found, data in _blocks(pem) if found == label), None)
        if der is None:
            continue
        key = load_der_public_key(der)
        if not isinstance(key, rsa.RSAPublicKey):
            raise ValueError("Key must be of type RSA")
        if key.public_bytes(Encoding.DER, encoding) == der:
            return key
    raise ValueError(NOT_A_KEY)


def _blocks(pem: str) -> Iterator[tuple[str, bytes]]:
    """Label and DER of each PEM block. Text around blocks is skipped; space may only end a line, never begin one."""
    lines = (line.rstrip() for line in pem.split("\n"))
    for line in lines:
        if not (begin := _BEGIN.fullmatch(line)):
            continue
        label = begin[1]
        body = []
        for line in lines:
            if line == f"-----END {label}-----":
                break
            if not _BASE64.fullmatch(line):
                raise ValueError(NOT_A_KEY)
            body.append(line)
        else:
            raise ValueError(NOT_A_KEY)
        try:
            yield label, base64.b64decode("".join(body), validate=True)
        except binascii.Error as error:
            raise ValueError(NOT_A_KEY) from error


def check_public_key(pem: str) -> None:
    """ERR_INVALID_PUBLIC_KEY unless ``pem`` holds an RSA public key."""
    try:
        load_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        errors.invalid_public_key(str(error))
