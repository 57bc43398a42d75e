"""What can go wrong, as few kinds with stable codes; nothing here knows HTTP.

A slice defines its own errors, in its ``errors.py``, by subclassing a kind and giving it a ``code``. Its ``MEANINGS``
there say what breaking a constraint of the database means. A constraint that nobody gave a meaning is a bug when it
breaks, never a guessed conflict. Edges translate a kind once: HTTP in ``web/problems.py``, the command line in
``terminal/declare.py``.
"""

from collections.abc import Callable, Sequence
from typing import ClassVar, Final, NamedTuple

import msgspec


class FieldError(msgspec.Struct, frozen=True):
    """One failing field: where it is (an RFC 6901 JSON pointer), a stable code, and what would be accepted."""

    pointer: str
    code: str
    detail: str


class FreeholdError(Exception):
    """The base of every error that Freehold raises on purpose.

    Attributes:
        code: stable, machine-readable; part of the contract.
        title: the code in words, the same for every occurrence.
        explanation: what the title leaves out, as the detail where an occurrence has none of its own.
        detail: what is wrong this time and what to do next.
        constraints: names of the database's constraints that stand for this error.
    """

    code: ClassVar[str] = "error"
    title: ClassVar[str] = "Something went wrong"
    explanation: ClassVar[str] = ""
    constraints: ClassVar[tuple[str, ...]] = ()

    def __init__(self, detail: str | None = None) -> None:
        self.detail = detail or self.explanation or self.title
        super().__init__(self.detail)


class Invalid(FreeholdError):
    """The input has fields that no caller may send; ``errors`` names all of them."""

    code = "invalid"
    title = "Some fields are not valid"

    def __init__(self, errors: Sequence[FieldError], detail: str | None = None) -> None:
        self.errors = tuple(errors)
        super().__init__(detail or "; ".join(f"{e.pointer or 'the body'}: {e.detail}" for e in self.errors[:3]))


class Refused(Invalid):
    """The input is well-formed, and what is stored or set does not allow it; ``errors`` names the fields.

    ``Invalid`` is what the input shows by itself, so that whoever keeps to the published rules never meets it.
    """

    code = "refused"
    title = "Some fields cannot have these values now"


class Untimely(Refused):
    """A moment that was to lie ahead has passed, or is too far away."""

    code = "invalid_expiry"
    title = "This time must be in the future, and not too far away"


class Reserved(Refused):
    """A word that stands for something else: a part of an address, or a built-in role."""

    code = "reserved"
    title = "This word is reserved: choose another"


def refusal(problems: Sequence[FieldError]) -> Invalid:
    """Make the error of failing fields: some break no rule, and are refused all the same; the others any reader saw."""
    codes = {problem.code for problem in problems}
    return next((kind(problems) for kind in (Untimely, Reserved) if codes == {kind.code}), Invalid(problems))


class InvalidToken(Refused):
    """What was mailed does not work: it was never valid, was used, replaced or withdrawn, or has expired.

    Which of these is never said.
    """

    code = "invalid_token"
    title = "This token is not valid, has expired, or was already used: request a new one"

    def __init__(self, pointer: str = "/token") -> None:
        super().__init__([FieldError(pointer, self.code, "is not valid, has expired, or was already used")], self.title)


class Unauthenticated(FreeholdError):
    """Nobody is signed in, or the token is not (or no longer) valid."""

    code = "unauthenticated"
    title = "Sign in first: send a valid token as 'Authorization: Bearer TOKEN'"


class Forbidden(FreeholdError):
    """The caller sees the thing and may not do this with it.

    Attributes:
        is_told: whether it was counted and logged already.
    """

    code = "forbidden"
    title = "You are not allowed to do this"
    is_told = False


class Missing(FreeholdError):
    """The thing does not exist, or the caller may not see it: the two are never told apart."""

    code = "not_found"
    title = "This does not exist, or you cannot view it"
    explanation = "This does not exist, or you cannot view it: check the id in the path, and who is signed in"


class Moved(FreeholdError):
    """What the path names has another name now, and is read there.

    Attributes:
        part: of the path, as its template calls it, such as ``organization``.
        name: what it is now.
        location: the whole path with the new name, once an edge has put it together.
    """

    code = "moved"
    title = "This has another name now: follow Location"
    location: str | None = None

    def __init__(self, part: str, name: str) -> None:
        self.part = part
        self.name = name
        super().__init__(f"The {part} is called '{name}' now: follow Location, and keep the new address")


class Conflict(FreeholdError):
    """The change contradicts what is stored; the same request may succeed once that has changed."""

    code = "conflict"
    title = "This conflicts with the current state"


class Renamed(Conflict):
    """What is to be changed has another name now, and the old one may be somebody else's one day."""

    code = "renamed"
    title = "This has another name now: repeat the request with the new one"

    def __init__(self, part: str, name: str) -> None:
        super().__init__(f"The {part} is called '{name}' now, and nothing was changed: repeat this with '{name}'")


class Reference(NamedTuple):
    """Rows of your own table that refer to what was to be deleted.

    Attributes:
        table: its name, with the schema where that is not on the search path.
        rows: how many; None where they could not be counted.
    """

    table: str
    rows: int | None

    def __str__(self) -> str:
        if self.rows is None:
            return f"rows of {self.table}"
        count = f"more than {MOST_COUNTED:,}" if self.rows > MOST_COUNTED else f"{self.rows:,}"
        return f"{count} {'row' if self.rows == 1 else 'rows'} of {self.table}"


MOST_COUNTED: Final = 10_000
"""How many rows that refer to something are counted in each table."""


class StillReferenced(Conflict):
    """Rows of tables that are not Freehold's refer to what was to be deleted, so that the database kept it.

    Attributes:
        references: which tables, and how many rows of each.
    """

    code = "still_referenced"
    title = "Rows of other tables still refer to this: delete them, or point them elsewhere, then try again"

    def __init__(self, references: Sequence[Reference] = (), detail: str | None = None) -> None:
        self.references = tuple(references)
        if detail is not None or not references:
            super().__init__(detail)
            return
        super().__init__(
            f"Nothing was changed: this is still referred to by {' and '.join(map(str, references))}. Delete these "
            "rows, or point them elsewhere, then try again"
        )


class Stale(FreeholdError):
    """The entity has changed since the version that the caller named."""

    code = "stale"
    title = "This has changed since you read it: read it again, then repeat your change on the new version"


class Unavailable(FreeholdError):
    """The work cannot be done now, and nothing was stored; try again after ``retry_after_seconds``."""

    code = "unavailable"
    title = "The service cannot do this right now: try again in a moment"

    def __init__(self, detail: str | None = None, *, retry_after_seconds: int = 1) -> None:
        self.retry_after_seconds = retry_after_seconds
        super().__init__(detail)


class OutcomeUnknown(FreeholdError):
    """The connection to the database broke after a change was sent, so that it may be stored, and may not be."""

    code = "outcome_unknown"
    title = (
        "The database did not confirm whether this was stored: repeat it with the same Idempotency-Key, or, without "
        "one, check before you repeat it"
    )


class TooManyRequests(FreeholdError):
    """The caller asks more often than is allowed; nothing was done. Wait ``retry_after_seconds`` (at least 1)."""

    code = "too_many_requests"
    title = "Too many requests: wait before you try again"

    def __init__(self, detail: str | None = None, *, retry_after_seconds: int = 1) -> None:
        self.retry_after_seconds = max(1, retry_after_seconds)
        super().__init__(detail or f"{self.title} ({self.retry_after_seconds} s)")


class SchemaPending(FreeholdError):
    """The database lacks migrations that this version needs."""

    code = "schema_pending"
    title = "The database is not migrated: run 'freehold migrate apply'"


Meaning = Callable[[], FreeholdError]
"""Makes the error that breaking a constraint of the database stands for."""


def failing(pointer: str, code: str, detail: str) -> Meaning:
    """Say which field fails when a CHECK constraint of the database breaks."""
    return lambda: Invalid([FieldError(pointer, code, detail)])
