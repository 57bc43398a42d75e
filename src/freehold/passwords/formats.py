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
from typing import Final

import argon2
import bcrypt
import msgspec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from freehold.passwords import sha_crypt
from freehold.passwords.work import Work

SAYS: Final = (
    "must be a hash by argon2, bcrypt, PBKDF2, scrypt, crypt(3) or salted SHA-1, as a PHC string or as Django, "
    "Werkzeug, better-auth, Firebase, Linux or LDAP store it"
)
MAX_LENGTH: Final = 255
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
MOST_SHA_CRYPT_ROUNDS: Final = 656_000
"""crypt(3) with SHA-256 or SHA-512: as many as passlib makes."""

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
    work: Callable[[re.Match[str]], Work]


def check(stored: str) -> str:
    """Return the hash when it is one that a password can be compared with.

    Raises:
        TooCostly: it takes too much work.
        ValueError: it is in none of the formats.
    """
    if stored != UNUSABLE:
        _read(stored)
    return stored


def importable(stored: str) -> str:
    """Return the hash as it is imported: one that no password can be compared with becomes that of no password."""
    try:
        return check(stored) if len(stored) <= MAX_LENGTH else UNUSABLE
    except ValueError:
        return UNUSABLE


def fits(stored: str, password: str) -> bool:
    """Say whether the password is the one that was hashed; False also for what ``check`` refuses.

    Blocks for up to about a second.
    """
    try:
        known, found = _read(stored)
        return known.fits(found, password)
    except ValueError:
        return False


def work_of(stored: str) -> Work | None:
    """Say how much work it is to compare a password with a hash; None for one that none is compared with."""
    try:
        known, found = _read(stored)
    except ValueError:
        return None
    return known.work(found)


def _read(stored: str) -> tuple[_Format, re.Match[str]]:
    for known in _FORMATS:
        if found := known.pattern.fullmatch(stored):
            known.check_cost(found)
            return known, found
    raise ValueError(SAYS)


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


def _argon2_work(found: re.Match[str]) -> Work:
    return Work(f"argon2 {found['p']}", int(found["m"]) * int(found["t"]))


def _bcrypt_cost(found: re.Match[str]) -> None:
    _require(int(found["rounds"]) <= MOST_BCRYPT_ROUNDS, f"bcrypt with cost {MOST_BCRYPT_ROUNDS}")


def _bcrypt_fits(found: re.Match[str], password: str) -> bool:
    secret = password.encode()
    if found["django"] == "bcrypt_sha256$":
        secret = hashlib.sha256(secret).hexdigest().encode()
    return bcrypt.checkpw(secret[:_BCRYPT_READS], found["hash"].encode())


def _bcrypt_work(found: re.Match[str]) -> Work:
    return Work("bcrypt", 1 << int(found["rounds"]))


def _pbkdf2_cost(found: re.Match[str]) -> None:
    most = MOST_PBKDF2_ITERATIONS // (2 if found["digest"] == "sha512" else 1)
    _require(int(found["iterations"]) <= most, f"{most:,} iterations")


def _pbkdf2_work(found: re.Match[str], read_key: Callable[[str], bytes]) -> Work:
    blocks = -(-len(read_key(found["key"])) // hashlib.new(found["digest"]).digest_size)
    return Work(f"pbkdf2 {found['digest']}", int(found["iterations"]) * blocks)


def _pbkdf2_fits(
    found: re.Match[str],
    password: str,
    read_salt: Callable[[str], bytes],
    read_key: Callable[[str], bytes],
) -> bool:
    key = read_key(found["key"])
    salt, iterations = read_salt(found["salt"]), int(found["iterations"])
    made = hashlib.pbkdf2_hmac(found["digest"], password.encode(), salt, iterations, len(key))
    return hmac.compare_digest(made, key)


def _scrypt_cost(found: re.Match[str]) -> None:
    cost, block, lanes = _scrypt_numbers(found)
    _require(cost * block * 128 <= MOST_MEMORY_BYTES, f"{MOST_MEMORY_BYTES >> 20} MiB")
    _require(cost * block * lanes <= MOST_SCRYPT_WORK, f"N * r * p of {MOST_SCRYPT_WORK:,}")
    if cost < 2 or cost & (cost - 1) or not block * lanes:  # noqa: PLR2004 - N is a power of two above 1
        raise ValueError(SAYS)


def _scrypt_numbers(found: re.Match[str]) -> tuple[int, int, int]:
    groups = found.groupdict()
    cost = int(groups["n"]) if "n" in groups else 1 << min(int(groups["ln"]), 64)
    return cost, int(groups["r"]), int(groups["p"])


def _scrypt_work(found: re.Match[str]) -> Work:
    cost, block, lanes = _scrypt_numbers(found)
    return Work("scrypt", cost * block * lanes)


def _scrypt_fits(
    found: re.Match[str],
    password: str,
    read_salt: Callable[[str], bytes],
    read_key: Callable[[str], bytes],
) -> bool:
    return _scrypt(password.encode(), read_salt(found["salt"]), read_key(found["key"]), _scrypt_numbers(found))


def _scrypt(secret: bytes, salt: bytes, key: bytes, numbers: tuple[int, int, int]) -> bool:
    cost, block, lanes = numbers
    memory = 128 * block * (cost + lanes + 2)
    made = hashlib.scrypt(secret, salt=salt, n=cost, r=block, p=lanes, dklen=len(key), maxmem=memory)
    return hmac.compare_digest(made, key)


def _firebase_fits(found: re.Match[str], password: str) -> bool:
    """The password makes a key, by which the project's signer key is encrypted: that is the hash."""
    cost, block, lanes = _scrypt_numbers(found)
    salt = _decoded(found["salt"]) + _decoded(found["separator"])
    memory = 128 * block * (cost + lanes + 2)
    key = hashlib.scrypt(password.encode(), salt=salt, n=cost, r=block, p=lanes, dklen=64, maxmem=memory)[:32]
    encryptor = Cipher(algorithms.AES(key), modes.CTR(bytes(16))).encryptor()
    made = encryptor.update(_decoded(found["signer"])) + encryptor.finalize()
    return hmac.compare_digest(made, _decoded(found["key"]))


def _sha_crypt_rounds(found: re.Match[str]) -> int:
    return max(int(found["rounds"] or sha_crypt.USUAL_ROUNDS), sha_crypt.FEWEST_ROUNDS)


def _sha_crypt_cost(found: re.Match[str]) -> None:
    _require(_sha_crypt_rounds(found) <= MOST_SHA_CRYPT_ROUNDS, f"{MOST_SHA_CRYPT_ROUNDS:,} rounds")


def _sha_crypt_work(found: re.Match[str]) -> Work:
    return Work(_SHA_CRYPT[found["kind"]], _sha_crypt_rounds(found))


def _sha_crypt_fits(found: re.Match[str], password: str) -> bool:
    made = sha_crypt.digest(
        _SHA_CRYPT[found["kind"]], password.encode(), found["salt"].encode(), _sha_crypt_rounds(found)
    )
    return hmac.compare_digest(made, found["key"])


def _salted_sha1_fits(found: re.Match[str], password: str) -> bool:
    stored = _decoded(found["key"])
    size = hashlib.sha1(usedforsecurity=False).digest_size
    made = hashlib.sha1(password.encode() + stored[size:], usedforsecurity=False).digest()
    return len(stored) > size and hmac.compare_digest(made, stored[:size])


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
        raise ValueError(SAYS) from None


def _as_spelt(salt: str) -> bytes:
    return salt.encode()


def _from_hex(text: str) -> bytes:
    """Read hexadecimal.

    Raises:
        ValueError: it is not that.
    """
    return bytes.fromhex(text)


def _free(_found: re.Match[str]) -> None:
    """Return, since the cost is fixed and small."""


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.ASCII)


_SHA_CRYPT: Final = {"5": "sha256", "6": "sha512"}
_HEX: Final = r"(?:[0-9a-f]{2}){16,64}"

_FORMATS: Final = (
    _Format(
        _pattern(
            rf"(?:argon2)?(?P<phc>\$argon2(?P<type>id|i|d)(?:\$v=\d{{1,3}})?"
            rf"\$m=(?P<m>\d{{1,9}}),t=(?P<t>\d{{1,9}}),p=(?P<p>\d{{1,9}})\${_SALT}\${_KEY})"
        ),
        _argon2_cost,
        _argon2_fits,
        _argon2_work,
    ),
    _Format(
        _pattern(r"(?P<django>bcrypt(?:_sha256)?\$)?(?P<hash>\$2[aby]\$(?P<rounds>0[4-9]|[1-3]\d)\$[./A-Za-z0-9]{53})"),
        _bcrypt_cost,
        _bcrypt_fits,
        _bcrypt_work,
    ),
    _Format(  # Django's
        _pattern(
            rf"pbkdf2_(?P<digest>sha1|sha256|sha512)\$(?P<iterations>[1-9]\d{{0,9}})\$(?P<salt>[!-#%-~]{{1,128}})\$(?P<key>{_KEY})"
        ),
        _pbkdf2_cost,
        lambda found, password: _pbkdf2_fits(found, password, _as_spelt, _decoded),
        lambda found: _pbkdf2_work(found, _decoded),
    ),
    _Format(  # PHC's and passlib's
        _pattern(
            r"\$pbkdf2-(?P<digest>sha1|sha256|sha512)\$(?:i=)?(?P<iterations>[1-9]\d{0,9})(?:,l=\d{1,3})?"
            rf"\$(?P<salt>{_SALT})\$(?P<key>{_KEY})"
        ),
        _pbkdf2_cost,
        lambda found, password: _pbkdf2_fits(found, password, _decoded, _decoded),
        lambda found: _pbkdf2_work(found, _decoded),
    ),
    _Format(  # Django's
        _pattern(
            rf"scrypt\$(?P<n>\d{{1,9}})\$(?P<salt>[!-#%-~]{{1,128}})\$(?P<r>\d{{1,9}})\$(?P<p>\d{{1,9}})\$(?P<key>{_KEY})"
        ),
        _scrypt_cost,
        lambda found, password: _scrypt_fits(found, password, _as_spelt, _decoded),
        _scrypt_work,
    ),
    _Format(  # PHC's
        _pattern(
            rf"\$scrypt\$ln=(?P<ln>\d{{1,9}}),r=(?P<r>\d{{1,9}}),p=(?P<p>\d{{1,9}})\$(?P<salt>{_SALT})\$(?P<key>{_KEY})"
        ),
        _scrypt_cost,
        lambda found, password: _scrypt_fits(found, password, _decoded, _decoded),
        _scrypt_work,
    ),
    _Format(  # Werkzeug's, and so Flask's
        _pattern(
            r"pbkdf2:(?P<digest>sha1|sha256|sha512):(?P<iterations>[1-9]\d{0,9})"
            rf"\$(?P<salt>[!-#%-~]{{1,128}})\$(?P<key>{_HEX})"
        ),
        _pbkdf2_cost,
        lambda found, password: _pbkdf2_fits(found, password, _as_spelt, _from_hex),
        lambda found: _pbkdf2_work(found, _from_hex),
    ),
    _Format(  # Werkzeug's
        _pattern(
            rf"scrypt:(?P<n>\d{{1,9}}):(?P<r>\d{{1,9}}):(?P<p>\d{{1,9}})\$(?P<salt>[!-#%-~]{{1,128}})\$(?P<key>{_HEX})"
        ),
        _scrypt_cost,
        lambda found, password: _scrypt_fits(found, password, _as_spelt, _from_hex),
        _scrypt_work,
    ),
    _Format(  # Firebase's, with the project's parameters, as Supabase Auth spells them
        _pattern(
            r"\$fbscrypt\$v=1,n=(?P<ln>\d{1,2}),r=(?P<r>\d{1,3}),p=(?P<p>\d{1,3}),ss=(?P<separator>[A-Za-z0-9+/=]{0,16}),"
            rf"sk=(?P<signer>[A-Za-z0-9+/=]{{16,128}})\$(?P<salt>{_SALT})\$(?P<key>{_KEY})"
        ),
        _scrypt_cost,
        _firebase_fits,
        _scrypt_work,
    ),
    _Format(  # of crypt(3)
        _pattern(
            r"\$(?P<kind>[56])\$(?:rounds=(?P<rounds>[1-9]\d{0,8})\$)?(?P<salt>[!-#%-~]{0,16})"
            r"\$(?P<key>[./A-Za-z0-9]{43}|[./A-Za-z0-9]{86})"
        ),
        _sha_crypt_cost,
        _sha_crypt_fits,
        _sha_crypt_work,
    ),
    _Format(  # of LDAP directories
        _pattern(r"\{SSHA\}(?P<key>[A-Za-z0-9+/]{28,120}={0,2})"),
        _free,
        _salted_sha1_fits,
        lambda _found: Work("sha1", 1),
    ),
    _Format(
        _pattern(r"(?P<salt>[0-9a-f]{32}):(?P<key>[0-9a-f]{128})"),
        _free,
        _better_auth_fits,
        lambda _found: Work("scrypt", 2**14 * 16),
    ),
)
