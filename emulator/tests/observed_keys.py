# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Key material of the observed rows, and the spellings of public keys that were tried."""

from __future__ import annotations

import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from observed_rows import Row, get, has, put

# Libraries of today make no such short keys any more.
RSA_512 = """-----BEGIN PUBLIC KEY-----
MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAMsQ4+3gatC1yDasf+FZIG+WNL0Du3by
mdgCFqEIaVQ3FUSIvM1htIV8GUwZVf7aJppyha/JySby/SuY32f0q4cCAwEAAQ==
-----END PUBLIC KEY-----
"""

KEY = rsa.generate_private_key(65537, 2048)
OTHER_KEY = rsa.generate_private_key(65537, 2048)
SMALL_KEY = rsa.generate_private_key(65537, 1024)


def spki(key) -> str:
    """The public half as SubjectPublicKeyInfo PEM."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def private(key, encoding: PrivateFormat) -> str:
    return key.private_bytes(Encoding.PEM, encoding, NoEncryption()).decode()


def _certificate() -> str:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x")])
    start = datetime.datetime(2026, 1, 1)
    builder = x509.CertificateBuilder(name, name, KEY.public_key(), 1, start, start + datetime.timedelta(days=1))
    return builder.sign(KEY, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


SPKI = spki(KEY)
PKCS1 = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.PKCS1).decode()
OPENSSH = KEY.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
_LINES = SPKI.strip().split("\n")

CRLF = SPKI.replace("\n", "\r\n")

ACCEPTED = {
    49: RSA_512,
    51: spki(SMALL_KEY),
    53: spki(rsa.generate_private_key(3, 2048)),
    55: spki(rsa.generate_private_key(65537, 4096)),
    61: PKCS1,
    65: CRLF,
    67: "\n  \n\n" + SPKI,
    70: SPKI + "  \n\n \n",
    72: SPKI.rstrip("\n"),
    78: "a key of mine\n" + SPKI,
    80: SPKI + spki(OTHER_KEY),
}

REFUSED = {
    57: spki(ec.generate_private_key(ec.SECP256R1())),
    58: spki(ed25519.Ed25519PrivateKey.generate()),
    59: private(KEY, PrivateFormat.PKCS8),
    60: private(KEY, PrivateFormat.TraditionalOpenSSL),
    63: SPKI.replace("PUBLIC KEY", "RSA PUBLIC KEY"),
    64: PKCS1.replace("RSA PUBLIC KEY", "PUBLIC KEY"),
    69: "  " + SPKI,
    74: "\n".join([_LINES[0], *("  " + line for line in _LINES[1:])]),
    75: SPKI.replace("\n", ""),
    76: SPKI.replace("\n", " "),
    77: SPKI.replace("\n", "\\n"),
    82: "\n".join([*_LINES[:2], _LINES[2][:-5], _LINES[-1]]),
    83: "\n".join(_LINES[1:-1]),
    84: "this is no key",
    85: " ",
    86: SPKI.replace("KEY-----\n", "KEY-----\n\u00e9", 1),
    87: OPENSSH,
    88: _certificate(),
}


def _rows() -> list[Row]:
    rows = []
    for number, text in ACCEPTED.items():
        rows.append(put(number, f"key{number}", {"public_key": text}))
        rows.append(get(number + 1, f"users/key{number}", check=has(public_key=text, is_service=True)))
    for number, text in REFUSED.items():
        rows.append(put(number, f"key{number}", {"public_key": text}, 400, "ERR_INVALID_PUBLIC_KEY"))
    return sorted(rows, key=lambda row: row.number)


PUBLIC_KEY_ROWS = _rows()
