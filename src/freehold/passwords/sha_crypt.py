"""Computes the hashes of crypt(3) with SHA-256 (``$5$``) and SHA-512 (``$6$``), as Linux stores them in /etc/shadow.

Written after Ulrich Drepper's specification (https://www.akkadia.org/drepper/SHA-crypt.txt). Python had it in a module
that is gone since 3.13, and only where the C library has it.
"""

import hashlib
from typing import Final

FEWEST_ROUNDS: Final = 1000
USUAL_ROUNDS: Final = 5000
_ALPHABET: Final = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ORDER: Final = {
    "sha256": (
        *((0, 10, 20), (21, 1, 11), (12, 22, 2), (3, 13, 23), (24, 4, 14), (15, 25, 5), (6, 16, 26), (27, 7, 17)),
        *((18, 28, 8), (9, 19, 29)),
    ),
    "sha512": (
        *((0, 21, 42), (22, 43, 1), (44, 2, 23), (3, 24, 45), (25, 46, 4), (47, 5, 26), (6, 27, 48), (28, 49, 7)),
        *((50, 8, 29), (9, 30, 51), (31, 52, 10), (53, 11, 32), (12, 33, 54), (34, 55, 13), (56, 14, 35), (15, 36, 57)),
        *((37, 58, 16), (59, 17, 38), (18, 39, 60), (40, 61, 19), (62, 20, 41)),
    ),
}
"""Which bytes of the last digest are spelt together, in this order."""
_CYCLE: Final = 42
"""After so many rounds (of 2, 3 and 7) what is hashed comes in the same order again."""


def digest(algorithm: str, secret: bytes, salt: bytes, rounds: int) -> str:
    """Return the hash as crypt(3) spells it, without what stands before it.

    Args:
        algorithm: ``sha256`` or ``sha512``.
        secret: the password.
        salt: at most 16 bytes.
        rounds: each takes about a microsecond.
    """
    new = getattr(hashlib, algorithm)
    alternate = new(secret + salt + secret).digest()
    first = new(secret + salt + _repeated(alternate, len(secret)))
    bits = len(secret)
    while bits:
        first.update(alternate if bits & 1 else secret)
        bits >>= 1
    last: bytes = first.digest()
    p = _repeated(new(secret * len(secret)).digest(), len(secret))
    s = _repeated(new(salt * (16 + last[0])).digest(), len(salt))
    cycle = [_around(number, p, s) for number in range(_CYCLE)]
    for whole in range(0, rounds, _CYCLE):
        for before, after in cycle[: rounds - whole]:
            last = new(before + last + after).digest()
    return _spelt(algorithm, last)


def _around(number: int, p: bytes, s: bytes) -> tuple[bytes, bytes]:
    """Say what stands before and after the digest of the round before."""
    middle = (s if number % 3 else b"") + (p if number % 7 else b"")
    return (p + middle, b"") if number % 2 else (b"", middle + p)


def _repeated(piece: bytes, length: int) -> bytes:
    return (piece * (length // len(piece) + 1))[:length]


def _spelt(algorithm: str, last: bytes) -> str:
    groups = [(last[a] << 16 | last[b] << 8 | last[c], 4) for a, b, c in _ORDER[algorithm]]
    groups.append((last[31] << 8 | last[30], 3) if algorithm == "sha256" else (last[63], 2))
    return "".join(_ALPHABET[number >> 6 * place & 63] for number, length in groups for place in range(length))
