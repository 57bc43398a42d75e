"""Signs messages as Standard Webhooks says, and keeps the secrets that do it.

A secret is needed in clear for each message, so it cannot be kept as a hash. It is sealed with a key that is derived
from the installation's, and only at its endpoint's place: a copy of the table alone, a log of statements or a support
export does not give it away.
"""

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PREFIX: Final = "whsec_"
_SECRET_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_ABOUT: Final = b"freehold webhook secret"


def new_secret() -> str:
    """Make a secret: ``whsec_`` and 32 random bytes in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


class Vault:
    """Seals secrets for the database, and opens them.

    Args:
        installation_secret: what all processes of the installation share, and nobody else knows.
    """

    def __init__(self, installation_secret: str) -> None:
        self._cipher = AESGCM(HKDF(SHA256(), length=32, salt=None, info=_ABOUT).derive(installation_secret.encode()))

    def seal(self, secret: str, endpoint_id: UUID) -> bytes:
        """Encrypt a secret, so that it can be opened at its endpoint's place alone."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret.encode(), endpoint_id.bytes)

    def open(self, sealed: bytes, endpoint_id: UUID) -> str:
        """Decrypt a secret.

        Raises:
            cryptography.exceptions.InvalidTag: it was altered, or sealed elsewhere.
        """
        return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], endpoint_id.bytes).decode()


def signed_headers(
    message_id: UUID, timestamp: int, body: bytes, signing_secrets: Sequence[str]
) -> list[tuple[str, str]]:
    """Write the three headers by which a receiver checks a message.

    Args:
        message_id: the same in every attempt, by which a receiver knows what it has already.
        timestamp: when this attempt is made, in seconds since 1970.
        body: exactly as it is sent.
        signing_secrets: one, or two while the second expires: any of them that fits will do.
    """
    content = b"%s.%d.%s" % (str(message_id).encode(), timestamp, body)
    signatures = [
        base64.b64encode(hmac.digest(base64.b64decode(secret.removeprefix(PREFIX)), content, hashlib.sha256)).decode()
        for secret in signing_secrets
    ]
    return [
        ("webhook-id", str(message_id)),
        ("webhook-timestamp", str(timestamp)),
        ("webhook-signature", " ".join(f"v1,{signature}" for signature in signatures)),
    ]
