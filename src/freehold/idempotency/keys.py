"""An Idempotency-Key: finds an answer by its hash, and opens it by itself."""

import hashlib
import os
import re
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from freehold.idempotency.errors import InvalidIdempotencyKey

_KEY = re.compile(r"[\x20-\x7e]{1,255}")
_NONCE_BYTES: Final = 12
_ABOUT: Final = b"freehold idempotent answer"


class IdempotencyKey:
    """A caller's key. The database holds its hash and what it has sealed; the key itself is nowhere.

    An answer may show a secret once (a session's token, an API key). Whoever reads the database cannot open it without
    the key, and a key such as a UUID cannot be guessed. Keys belong to their caller: another's same key is another.

    Args:
        text: what the caller sent.
        caller: who that is.

    Raises:
        InvalidIdempotencyKey: ``invalid_idempotency_key``.
    """

    def __init__(self, text: str, *, caller: str) -> None:
        if not _KEY.fullmatch(text):
            raise InvalidIdempotencyKey
        owner = hashlib.sha256(caller.encode()).digest()
        self.hash: Final = hashlib.sha256(owner + text.encode()).digest()
        self._cipher = AESGCM(HKDF(SHA256(), length=32, salt=owner, info=_ABOUT).derive(text.encode()))

    @property
    def lock(self) -> int:
        """The number that stands for the key among the database's advisory locks."""
        return int.from_bytes(self.hash[:8], "big", signed=True)

    def seal(self, answer: bytes) -> bytes:
        """Encrypt an answer, so that only this key opens it, and only at its place."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, answer, self.hash)

    def open(self, sealed: bytes) -> bytes:
        """Decrypt an answer that this key has sealed."""
        return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], self.hash)
