"""What can go wrong with an Idempotency-Key."""

from typing import Final

from freehold.base.errors import Conflict, FieldError, Invalid, Meaning, Refused, failing

_POINTER = "/Idempotency-Key"


class InvalidIdempotencyKey(Invalid):
    """The header is not a key."""

    code = "invalid_idempotency_key"
    title = "The Idempotency-Key must be 1 to 255 printable ASCII characters, such as a UUID"

    def __init__(self) -> None:
        super().__init__([FieldError(_POINTER, self.code, "must be 1 to 255 printable ASCII characters")], self.title)


class IdempotencyKeyReused(Refused):
    """The key was sent before with another request."""

    code = "idempotency_key_reused"
    title = "This Idempotency-Key was already used with another path or body: use a new key for each new request"

    def __init__(self) -> None:
        super().__init__([FieldError(_POINTER, self.code, "was already used for another request")], self.title)


class IdempotencyKeyInFlight(Conflict):
    """The first request with this key is not answered yet."""

    code = "idempotency_key_in_flight"
    title = "The first request with this Idempotency-Key is still running: try again in a second"
    constraints = ("idempotent_answers_pkey",)


MEANINGS: Final[dict[str, Meaning]] = {
    "idempotent_answers_hash_check": failing(_POINTER, "invalid_hash", "must be kept as SHA-256 hashes"),
}
