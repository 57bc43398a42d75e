"""How much work a password costs, and doing as much work without one: so that no stopwatch tells anything.

A failed attempt costs the same whoever it names. For each kind of hash that is in use, it costs what the dearest hash
of that kind does: the attempt's own hash is a part of that, and the rest is charged here. Work is counted in what its
kind is made of (iterations, rounds, memory times passes), so the sums are exact and no clock is needed.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

import argon2
import bcrypt

from freehold.passwords import sha_crypt

_KIBIBYTES: Final = 19 * 1024
"""At a time, for argon2."""
_LEAST_KIBIBYTES: Final = 8
_BLOCK: Final = 8
"""Of scrypt, as everybody sets it."""
_LEAST_ROUNDS: Final = 4
"""Of bcrypt, as a power of two."""
_SALT: Final = b"no password here"


class Work(NamedTuple):
    """Work of one kind, in what this kind is made of."""

    kind: str
    units: int


def dearest(works: Iterable[Work]) -> dict[str, int]:
    """Give the most units of each kind."""
    most: dict[str, int] = {}
    for kind, units in works:
        most[kind] = max(units, most.get(kind, 0))
    return most


def rest(most: Mapping[str, int], done: Work) -> list[Work]:
    """List what is left of the dearest of each kind when some work is done."""
    left = {**most, done.kind: max(0, most.get(done.kind, 0) - done.units)}
    return [Work(kind, units) for kind, units in sorted(left.items()) if units]


def charge(work: Work) -> None:
    """Do as much work as it is to compare a password with such hashes. Blocks as long as that."""
    method, _, variant = work.kind.partition(" ")
    match method:
        case "argon2":
            _argon2(work.units, lanes=int(variant))
        case "bcrypt":
            for rounds in range(_LEAST_ROUNDS, work.units.bit_length()):
                if work.units >> rounds & 1:
                    bcrypt.hashpw(b"", b"$2b$%02d$" % rounds + b"." * 22)
        case "pbkdf2":
            hashlib.pbkdf2_hmac(variant, b"", _SALT, work.units, 1)
        case "scrypt":
            for power in range(1, (work.units // _BLOCK).bit_length()):
                if work.units // _BLOCK >> power & 1:
                    cost = 1 << power
                    memory = 128 * _BLOCK * (cost + 3)
                    hashlib.scrypt(b"", salt=_SALT, n=cost, r=_BLOCK, p=1, dklen=32, maxmem=memory)
        case "sha256" | "sha512":
            sha_crypt.digest(method, b"", _SALT, work.units)
        case _:
            pass  # sha1: a single digest, which no clock can tell


def _argon2(units: int, *, lanes: int) -> None:
    passes, left = divmod(units, _KIBIBYTES)
    for memory, times in ((_KIBIBYTES, passes), (left, 1)):
        if times and memory >= _LEAST_KIBIBYTES * lanes:
            argon2.low_level.hash_secret_raw(
                b"", _SALT, times, memory, lanes, hash_len=32, type=argon2.low_level.Type.ID
            )
