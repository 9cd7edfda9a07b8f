# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RSA keys of service accounts, and the service login tokens that they sign. Pure functions on PEM text.

DC/OS takes RSA keys only. Public keys are kept as SPKI PEM (PUT /acs/api/v1/users/{uid}), private keys as unencrypted
PKCS#8 PEM, the only form that the SDK schedulers read. The service returns a key as it was sent, so keys are compared
as keys. No error raised here holds key material.

This file is private to the collection.
"""

from __future__ import annotations

import hashlib
import re
import time
from typing import TYPE_CHECKING, Any, Callable

from ansible_collections.dcos.security.plugins.module_utils import _deps
from ansible_collections.dcos.security.plugins.module_utils._errors import InputError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPrivateNumbers, RSAPublicKey

SIZES = (2048, 3072, 4096)

_PUBLIC_LABELS = ("PUBLIC KEY", "RSA PUBLIC KEY")
# Written so that the body is taken in stretches and not character by character, which takes twenty times as long.
_PEM_BODY = r"[^-]*(?:-(?!----)[^-]*)*"
_PEM_BLOCK = re.compile(rf"-----BEGIN (?P<label>[A-Z0-9 ]+)-----(?P<body>{_PEM_BODY})-----END (?P=label)-----")
_STRICT_PKCS8 = re.compile(r"-----BEGIN PRIVATE KEY-----\r?\n(?:[A-Za-z0-9+/=]+\r?\n)+-----END PRIVATE KEY-----\s*")
_CURVES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}

_PUBLIC_REMEDY = (
    "Give an RSA key in SPKI PEM ('-----BEGIN PUBLIC KEY-----'): the module dcos.security.dcos_keypair makes one, "
    "and 'openssl pkey -in PRIVATE_KEY -pubout' extracts it from a private key."
)
_PRIVATE_REMEDY = (
    "Give an unencrypted RSA key in PEM ('-----BEGIN PRIVATE KEY-----'): the module dcos.security.dcos_keypair makes "
    "one, and so does 'openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048'."
)


def generate_private_key(size: int = 2048) -> str:
    """Return a new RSA private key of ``size`` bits (2048, 3072 or 4096) as unencrypted PKCS#8 PEM.

    Raises InputError for any other size.
    """
    if size not in SIZES:
        raise InputError(f"An RSA key of {size} bits cannot be made here. Choose 2048, 3072 or 4096.")
    return private_pem(_deps.load("cryptography.hazmat.primitives.asymmetric.rsa").generate_private_key(65537, size))


def normalize_private_key(pem: str, what: str = "private key") -> str:
    """Return the RSA private key in ``pem`` as canonical PKCS#8 PEM.

    Accepted: PKCS#1 and PKCS#8, with any line ends, indentation, surrounding text, literal ``\\n``. Raises InputError,
    which calls the key ``what``, for anything else.
    """
    return private_pem(_load_private(pem, what))


def is_pkcs8(pem: str) -> bool:
    """Return whether ``pem`` is spelt as unencrypted PKCS#8 PEM that every consumer of a DC/OS credential can read."""
    return bool(_STRICT_PKCS8.fullmatch(pem))


def public_key_of(pem: str) -> str:
    """Return the SPKI PEM of the public half of an RSA private key. Raises InputError as normalize_private_key does."""
    return public_pem(_load_private(pem, "private key").public_key())


def normalize_public_key(pem: str, what: str = "public key") -> str:
    """Return the RSA public key in ``pem`` as canonical SPKI PEM.

    Accepted: SPKI and PKCS#1, with any line ends, indentation, surrounding text, literal ``\\n``. Raises InputError,
    which calls the key ``what``, says what was found instead and how to get a proper key.
    """
    return public_pem(_load_public(pem, what))


def fingerprint(pem: str) -> str | None:
    """Return the SHA-256 of the DER SPKI of a public key, as colon-separated pairs of lower-case hex digits.

    None for a key that cannot be read: what a cluster or a file holds must be shown and replaced all the same.
    """
    return about_public_key(pem)[0]


def about_public_key(pem: str) -> tuple[str | None, int | None]:
    """Return the fingerprint of a public key, as fingerprint(), and the size in bits; None twice if unreadable."""
    try:
        key = _load_public(pem, "public key", first=True)
    except InputError:
        return None, None
    return fingerprint_of(key), key.key_size


def about_private_key(pem: str) -> tuple[str, int]:
    """Return the fingerprint of the public half of an RSA private key, and its size in bits.

    Raises InputError as normalize_private_key does.
    """
    key = _load_private(pem, "private key")
    return fingerprint_of(key.public_key()), key.key_size


def fingerprint_of(key: Any) -> str:
    """Return the fingerprint of a cryptography public key object of any type, as fingerprint() does of a PEM."""
    serialization = _serialization()
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return colon_hex(hashlib.sha256(der).digest())


def key_size(pem: str) -> int:
    """Return the size in bits of an RSA key, private or public."""
    if any(label.endswith("PRIVATE KEY") for label, _block in pem_blocks(pem)):
        return _load_private(pem, "private key").key_size
    return _load_public(pem, "public key", first=True).key_size


def same_public_key(a: str, b: str | None) -> bool:
    """Return whether two PEM texts hold the same RSA public key; False if either cannot be read."""
    try:
        first, second = (public_pem(_load_public(text, "public key", first=True)) for text in (a, b))
    except InputError:
        return False
    return first == second


def sign_login_token(uid: str, pem: str, lifetime: int = 300, now: float | None = None) -> str:
    """Return a service login token: an RS256 JWT with the claims ``uid`` and ``exp``.

    It is what POST /acs/api/v1/auth/login takes as ``token``. ``lifetime`` is in seconds and ``exp`` an integer: the
    IAM answers a string with status 500. There is no ``aud`` and no ``nbf``, as the IAM allows for no clock skew.
    """
    key = _load_private(pem, f"private key of '{uid}'")
    expires = int(time.time() if now is None else now) + lifetime
    token: str = _deps.load("jwt").encode({"uid": uid, "exp": expires}, key, algorithm="RS256")
    return token


def pem_blocks(text: str | None) -> list[tuple[str, str]]:
    """Return (label, canonical PEM) of each PEM block in ``text``, whatever its line ends and indentation.

    The body of a block with RFC 1421 headers (an encrypted PKCS#1 key) is left as it is.
    """
    # A PEM that went through JSON or an environment variable once too often has backslash-n for its line ends.
    text = re.sub(r"\\+[rn]", "\n", text or "")
    return [(match["label"], _canonical(match["label"], match["body"])) for match in _PEM_BLOCK.finditer(text)]


def key_type(key: Any) -> str:
    """Return what kind of key a cryptography key object is: ``RSA``, ``EC P-256``, ``Ed25519``, ``DSA`` …"""
    if curve := getattr(key, "curve", None):
        return f"EC {_CURVES.get(curve.name, curve.name)}"
    name = type(key).__name__.lstrip("_")
    for ending in ("PrivateKey", "PublicKey", "PrivateNumbers", "PublicNumbers"):
        name = name.replace(ending, "")
    return name


def private_pem(key: Any) -> str:
    """Return a cryptography private key object as unencrypted PKCS#8 PEM."""
    serialization = _serialization()
    pem: bytes = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem.decode()


def public_pem(key: Any) -> str:
    """Return a cryptography public key object as SPKI PEM."""
    serialization = _serialization()
    pem: bytes = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return pem.decode()


def colon_hex(digest: bytes) -> str:
    """Return bytes as lower-case hex pairs joined by colons, as fingerprints are written."""
    return ":".join(f"{byte:02x}" for byte in digest)


def load_any_private(pem: str, what: str) -> Any:
    """Return the one private key in ``pem``, of any type, as a cryptography key object.

    Raises InputError for encrypted, damaged, OpenSSH and missing keys, and for more than one.
    """
    blocks = pem_blocks(pem)
    keys = [(label, block) for label, block in blocks if label.endswith("PRIVATE KEY")]
    if not keys:
        raise InputError(f"The {what} {_not_a_key(pem, blocks)}. {_PRIVATE_REMEDY}")
    if len(keys) > 1:
        raise InputError(f"The {what} holds {len(keys)} private keys, and only one can be meant. Leave one in it.")
    label, block = keys[0]
    if label == "ENCRYPTED PRIVATE KEY" or "ENCRYPTED" in block.split("\n", maxsplit=2)[1]:
        raise InputError(
            f"The {what} is encrypted with a passphrase. Decrypt it first: 'openssl pkey -in KEY -out DECRYPTED_KEY'."
        )
    if label == "OPENSSH PRIVATE KEY":
        raise InputError(
            f"The {what} is in OpenSSH's own format. Convert a copy of it: 'ssh-keygen -p -N \"\" -m PKCS8 -f COPY'."
        )
    return _parse(_load_pem_private_key, block, what, _PRIVATE_REMEDY)


def _load_private(pem: str, what: str) -> RSAPrivateKey:
    key = load_any_private(pem, what)
    if not isinstance(key, _deps.load("cryptography.hazmat.primitives.asymmetric.rsa").RSAPrivateKey):
        raise InputError(f"The {what} is of type {key_type(key)}, and DC/OS takes RSA only. {_PRIVATE_REMEDY}")
    rsa_key: RSAPrivateKey = key
    return rsa_key


def _load_public(pem: str | None, what: str, first: bool = False) -> RSAPublicKey:
    # ``first``: a key read back from the cluster. The IAM stores two concatenated keys and goes by the first.
    blocks = pem_blocks(pem)
    if any(label.endswith("PRIVATE KEY") for label, _block in blocks):
        raise InputError(f"The {what} holds a private key, which must not be handed out. {_PUBLIC_REMEDY}")
    keys = [block for label, block in blocks if label in _PUBLIC_LABELS]
    if not keys:
        raise InputError(f"The {what} {_not_a_key(pem, blocks)}. {_PUBLIC_REMEDY}")
    if len(keys) > 1 and not first:
        raise InputError(f"The {what} holds {len(keys)} public keys, and only one can be meant. Leave one in it.")
    key = _parse(_serialization().load_pem_public_key, keys[0], what, _PUBLIC_REMEDY)
    if not isinstance(key, _deps.load("cryptography.hazmat.primitives.asymmetric.rsa").RSAPublicKey):
        raise InputError(f"The {what} is of type {key_type(key)}, and DC/OS takes RSA only. {_PUBLIC_REMEDY}")
    rsa_key: RSAPublicKey = key
    return rsa_key


def _load_pem_private_key(pem: bytes) -> Any:
    """Load a private key without OpenSSL's test that p and q are primes: 61 ms a key of 2048 bits, 334 of 4096.

    Everything else that OpenSSL tests is tested here, so that no damaged key passes and none is dangerous to use. A key
    that somebody has made of numbers that are no primes gets no further than to a login that fails.
    """
    load = _serialization().load_pem_private_key
    try:
        key = load(pem, None, unsafe_skip_rsa_key_validation=True)
    except TypeError:  # cryptography before 39 always tests
        return load(pem, None)
    if isinstance(key, _deps.load("cryptography.hazmat.primitives.asymmetric.rsa").RSAPrivateKey):
        _check_rsa_numbers(key.private_numbers())
    return key


def _check_rsa_numbers(private: RSAPrivateNumbers) -> None:
    """Raise ValueError if the numbers of an RSA private key (RFC 8017, section 3.2) do not belong together."""
    p, q, d = private.p, private.q, private.d
    n, e = private.public_numbers.n, private.public_numbers.e
    fit = (
        p * q == n
        and all(number > 2 and number % 2 for number in (p, q, e))
        and all(d * e % (prime - 1) == 1 for prime in (p, q))
        and (private.dmp1, private.dmq1) == (d % (p - 1), d % (q - 1))
        and private.iqmp * q % p == 1
    )
    if not fit:
        raise ValueError("not the numbers of an RSA key")


def _serialization() -> Any:
    return _deps.load("cryptography.hazmat.primitives.serialization")


def _parse(loader: Callable[[bytes], Any], block: str, what: str, remedy: str) -> Any:
    unsupported = _deps.load("cryptography.exceptions").UnsupportedAlgorithm
    try:
        return loader(block.encode("ascii"))
    except (ValueError, TypeError, unsupported):
        # The library's own words are left out, cause included: nobody promises that they never quote the input.
        raise InputError(f"The {what} is damaged, or of a type or size that is not supported. {remedy}") from None


def _not_a_key(text: str | None, blocks: list[tuple[str, str]]) -> str:
    """Say what a text without the wanted PEM block is, as it follows "The public key "."""
    labels = [label for label, _block in blocks]
    text = (text or "").strip()
    if any("CERTIFICATE" in label for label in labels):
        return "is a certificate, not a key ('openssl x509 -pubkey -noout' extracts its public key)"
    if labels:
        return f"is a PEM block of type {labels[0]}"
    if re.match(r"(ssh-|ecdsa-|sk-)\S+ ", text) or "SSH2 PUBLIC KEY" in text:
        return "is in OpenSSH's own format ('ssh-keygen -e -m PKCS8 -f KEY' converts a public key)"
    if "-----BEGIN" in text:
        return "is cut off: its END line is missing or does not fit its BEGIN line"
    return "is not PEM" if text else "is empty"


def _canonical(label: str, body: str) -> str:
    if ":" in body:
        content = body.strip()
    else:
        packed = "".join(body.split())
        content = "\n".join(packed[i : i + 64] for i in range(0, len(packed), 64))
    return f"-----BEGIN {label}-----\n{content}\n-----END {label}-----\n"
