# Copyright: (c) 2026, the dcos.security maintainers
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Passwords of local users."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from . import errors

MINIMUM_PASSWORD_LENGTH = 5

# The lower of the two parameter sets recommended by OWASP: a login in some 20 ms.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_password(password: str) -> str:
    """A salted Argon2id hash of ``password``; raises UnicodeEncodeError for lone surrogates, as the IAM does."""
    return _HASHER.hash(password.encode("utf-8"))


def verify_password(password: str, password_hash: str) -> bool:
    """Whether ``password`` is the one that was hashed."""
    try:
        return _HASHER.verify(password_hash, password.encode("utf-8"))
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False


def checked_password_hash(password: str) -> str:
    """The hash of an acceptable password; ERR_INVALID_DATA for one that is too short."""
    if len(password) < MINIMUM_PASSWORD_LENGTH:
        errors.invalid_data(
            f"Password does not match rules: Must be at least {MINIMUM_PASSWORD_LENGTH} characters long."
        )
    return hash_password(password)
