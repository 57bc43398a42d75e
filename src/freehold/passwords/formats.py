"""Reads the password hashes that other systems store, so that their users keep their passwords.

A hash says how much work it takes. What would take more than about a second or 256 MiB is refused, when it is imported
and once more when somebody signs in: otherwise whoever can bring a hash along could make every sign-in cost minutes.
Freehold hashes the password anew, in its own way, when it has fitted once.
"""

import base64
import binascii
import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable
from typing import Annotated, Final

import argon2
import bcrypt
import msgspec

from freehold.base.scalars import Rule

UNUSABLE: Final = "!"
"""The stored hash of an account that signs in another way: no password ever fits."""

MOST_MEMORY_BYTES: Final = 256 * 2**20
MOST_ARGON2_WORK: Final = 512 * 2**10
"""Argon2: KiB times passes. Here as below, about a second on a slow core."""
MOST_BCRYPT_ROUNDS: Final = 13
"""bcrypt: as a power of two."""
MOST_PBKDF2_ITERATIONS: Final = 1_500_000
"""PBKDF2 with SHA-1 or SHA-256; half as many with SHA-512."""
MOST_SCRYPT_WORK: Final = 2**20
"""scrypt: N times r times p."""

_MOST_LANES: Final = 16
_BCRYPT_READS: Final = 72
"""bcrypt has never looked at more bytes of a password than these; its library refuses more instead."""
_SALT = r"[A-Za-z0-9+/.=]{1,128}"
_KEY = r"[A-Za-z0-9+/.=]{16,128}"


class TooCostly(ValueError):
    """A hash would take more work than anybody may ask for."""


class _Format(msgspec.Struct, frozen=True):
    """A way to write hashes: what one looks like, how its cost is told, and how a password is compared with it."""

    pattern: re.Pattern[str]
    check_cost: Callable[[re.Match[str]], None]
    fits: Callable[[re.Match[str], str], bool]


def check(stored: str) -> str:
    """Return the hash when it is one that a password can be compared with.

    Raises:
        TooCostly: it takes too much work.
        ValueError: it is in none of the formats.
    """
    if stored != UNUSABLE:
        _read(stored)
    return stored


def fits(stored: str, password: str) -> bool:
    """Say whether the password is the one that was hashed; False also for what ``check`` refuses.

    Blocks for up to about a second.
    """
    try:
        known, found = _read(stored)
        return known.fits(found, password)
    except ValueError:
        return False


def _read(stored: str) -> tuple[_Format, re.Match[str]]:
    for known in _FORMATS:
        if found := known.pattern.fullmatch(stored):
            known.check_cost(found)
            return known, found
    raise ValueError(PASSWORD_HASH.says)


def _require(condition: bool, work: str) -> None:  # noqa: FBT001 - it is the condition
    if not condition:
        raise TooCostly(
            f"takes too long to check at each sign-in (at most {work}): ask this user to set a new password"
        )


def _argon2_cost(found: re.Match[str]) -> None:
    kibibytes, passes, lanes = (int(found[name]) for name in ("m", "t", "p"))
    _require(kibibytes * 1024 <= MOST_MEMORY_BYTES, f"{MOST_MEMORY_BYTES >> 20} MiB")
    _require(kibibytes * passes <= MOST_ARGON2_WORK, f"{MOST_ARGON2_WORK} KiB in all passes")
    _require(lanes <= _MOST_LANES, f"{_MOST_LANES} lanes")


def _argon2_fits(found: re.Match[str], password: str) -> bool:
    kind = {"id": argon2.Type.ID, "i": argon2.Type.I, "d": argon2.Type.D}[found["type"]]
    try:
        return argon2.low_level.verify_secret(found["phc"].encode(), password.encode(), kind)
    except argon2.exceptions.VerificationError:
        return False


def _bcrypt_cost(found: re.Match[str]) -> None:
    _require(int(found["rounds"]) <= MOST_BCRYPT_ROUNDS, f"bcrypt with cost {MOST_BCRYPT_ROUNDS}")


def _bcrypt_fits(found: re.Match[str], password: str) -> bool:
    secret = password.encode()
    if found["django"] == "bcrypt_sha256$":
        secret = hashlib.sha256(secret).hexdigest().encode()
    return bcrypt.checkpw(secret[:_BCRYPT_READS], found["hash"].encode())


def _pbkdf2_cost(found: re.Match[str]) -> None:
    most = MOST_PBKDF2_ITERATIONS // (2 if found["digest"] == "sha512" else 1)
    _require(int(found["iterations"]) <= most, f"{most:,} iterations")


def _pbkdf2_fits(found: re.Match[str], password: str, read_salt: Callable[[str], bytes]) -> bool:
    key = _decoded(found["key"])
    salt, iterations = read_salt(found["salt"]), int(found["iterations"])
    made = hashlib.pbkdf2_hmac(found["digest"], password.encode(), salt, iterations, len(key))
    return hmac.compare_digest(made, key)


def _scrypt_cost(found: re.Match[str]) -> None:
    cost, block, lanes = _scrypt_numbers(found)
    _require(cost * block * 128 <= MOST_MEMORY_BYTES, f"{MOST_MEMORY_BYTES >> 20} MiB")
    _require(cost * block * lanes <= MOST_SCRYPT_WORK, f"N * r * p of {MOST_SCRYPT_WORK:,}")
    if cost < 2 or cost & (cost - 1) or not block * lanes:  # noqa: PLR2004 - N is a power of two above 1
        raise ValueError(PASSWORD_HASH.says)


def _scrypt_numbers(found: re.Match[str]) -> tuple[int, int, int]:
    groups = found.groupdict()
    cost = int(groups["n"]) if "n" in groups else 1 << min(int(groups["ln"]), 64)
    return cost, int(groups["r"]), int(groups["p"])


def _scrypt_fits(found: re.Match[str], password: str, read_salt: Callable[[str], bytes]) -> bool:
    return _scrypt(password.encode(), read_salt(found["salt"]), _decoded(found["key"]), _scrypt_numbers(found))


def _scrypt(secret: bytes, salt: bytes, key: bytes, numbers: tuple[int, int, int]) -> bool:
    cost, block, lanes = numbers
    memory = 128 * block * (cost + lanes + 2)
    made = hashlib.scrypt(secret, salt=salt, n=cost, r=block, p=lanes, dklen=len(key), maxmem=memory)
    return hmac.compare_digest(made, key)


def _better_auth_fits(found: re.Match[str], password: str) -> bool:
    """The salt is used as it is spelt, not as the bytes that it spells."""
    secret = unicodedata.normalize("NFKC", password).encode()
    return _scrypt(secret, found["salt"].encode(), bytes.fromhex(found["key"]), (2**14, 16, 1))


def _decoded(text: str) -> bytes:
    """Read Base64 with or without padding, in the alphabet of RFC 4648 or passlib's, which has a dot for the plus.

    Raises:
        ValueError: it is not Base64.
    """
    plain = text.rstrip("=").replace(".", "+")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except binascii.Error:
        raise ValueError(PASSWORD_HASH.says) from None


def _as_spelt(salt: str) -> bytes:
    return salt.encode()


def _free(_found: re.Match[str]) -> None:
    """Return, since the cost is fixed and small."""


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.ASCII)


_FORMATS: Final = (
    _Format(
        _pattern(
            rf"(?:argon2)?(?P<phc>\$argon2(?P<type>id|i|d)(?:\$v=\d{{1,3}})?"
            rf"\$m=(?P<m>\d{{1,9}}),t=(?P<t>\d{{1,9}}),p=(?P<p>\d{{1,9}})\${_SALT}\${_KEY})"
        ),
        _argon2_cost,
        _argon2_fits,
    ),
    _Format(
        _pattern(r"(?P<django>bcrypt(?:_sha256)?\$)?(?P<hash>\$2[aby]\$(?P<rounds>0[4-9]|[1-3]\d)\$[./A-Za-z0-9]{53})"),
        _bcrypt_cost,
        _bcrypt_fits,
    ),
    _Format(  # Django's
        _pattern(
            rf"pbkdf2_(?P<digest>sha1|sha256|sha512)\$(?P<iterations>[1-9]\d{{0,9}})\$(?P<salt>[!-#%-~]{{1,128}})\$(?P<key>{_KEY})"
        ),
        _pbkdf2_cost,
        lambda found, password: _pbkdf2_fits(found, password, _as_spelt),
    ),
    _Format(  # PHC's and passlib's
        _pattern(
            r"\$pbkdf2-(?P<digest>sha1|sha256|sha512)\$(?:i=)?(?P<iterations>[1-9]\d{0,9})(?:,l=\d{1,3})?"
            rf"\$(?P<salt>{_SALT})\$(?P<key>{_KEY})"
        ),
        _pbkdf2_cost,
        lambda found, password: _pbkdf2_fits(found, password, _decoded),
    ),
    _Format(  # Django's
        _pattern(
            rf"scrypt\$(?P<n>\d{{1,9}})\$(?P<salt>[!-#%-~]{{1,128}})\$(?P<r>\d{{1,9}})\$(?P<p>\d{{1,9}})\$(?P<key>{_KEY})"
        ),
        _scrypt_cost,
        lambda found, password: _scrypt_fits(found, password, _as_spelt),
    ),
    _Format(  # PHC's
        _pattern(
            rf"\$scrypt\$ln=(?P<ln>\d{{1,9}}),r=(?P<r>\d{{1,9}}),p=(?P<p>\d{{1,9}})\$(?P<salt>{_SALT})\$(?P<key>{_KEY})"
        ),
        _scrypt_cost,
        lambda found, password: _scrypt_fits(found, password, _decoded),
    ),
    _Format(_pattern(r"(?P<salt>[0-9a-f]{32}):(?P<key>[0-9a-f]{128})"), _free, _better_auth_fits),
)

PASSWORD_HASH: Final = Rule(
    name="password_hash",
    says="must be a hash by argon2, bcrypt, PBKDF2 or scrypt, as a PHC string or as Django or better-auth store it",
    min_length=1,
    max_length=255,
    clean=check,
)
PasswordHash = Annotated[str, PASSWORD_HASH.meta, PASSWORD_HASH]
