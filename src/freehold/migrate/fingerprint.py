"""One short text for a whole schema, and the words for what differs between two."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

import msgspec

from freehold.migrate.catalog import SchemaObject
from freehold.migrate.essence import essence

Change = Literal["added", "removed", "changed"]

_INVALID = "INVALID"  # of an index: no dump has it


class Fingerprint(msgspec.Struct, frozen=True):
    """Two hashes of what a copy keeps of a schema, each prefixed with the server's major version.

    Versions never compare, since each prints expressions in its own way.

    Attributes:
        strict: over everything, the order of columns, owners and grants included.
        logical: over what objects mean; a column dropped and added again (it moves to the end) does not count, and
            neither do owners and grants, which a staging server may lack the roles for, nor whether a
            materialized view is filled, which may need another server.
    """

    strict: str
    logical: str


class Difference(msgspec.Struct, frozen=True):
    """One object that differs between two schemas.

    Attributes:
        identity: for example ``column public.users.email``.
        before: its definition; empty if it was added.
        after: its definition; empty if it was removed.
    """

    change: Change
    identity: str
    before: str
    after: str

    def __str__(self) -> str:
        if self.change == "changed":
            return f"{self.identity}: was {self.before!r}, is {self.after!r}"
        return f"{self.identity} was {self.change}: {self.before or self.after}"


def fingerprint(objects: Sequence[SchemaObject], server_major: int) -> Fingerprint:
    """Hash a schema's objects, as `schema_objects` sorted them."""
    kept = [(each, essence(each.definition)) for each in objects if each.here != _INVALID]
    everything = (f"{o.identity}|{meaning}|{o.state}|{o.position}|{o.owner}|{o.grants}" for o, meaning in kept)
    logical = (f"{o.identity}|{meaning}" for o, meaning in kept if meaning)
    return Fingerprint(f"{server_major}:{_hash(everything)}", f"{server_major}:{_hash(logical)}")


def dumped(objects: Sequence[SchemaObject]) -> list[SchemaObject]:
    """What a copy has of a schema: no INVALID indexes (rests of concurrent builds), and maybe no rows in a view."""
    return [
        msgspec.structs.replace(each, here="", state="") if each.here or each.state else each
        for each in objects
        if each.here != _INVALID
    ]


def differences(before: Sequence[SchemaObject], after: Sequence[SchemaObject]) -> list[Difference]:
    """What differs in meaning between two schemas, by object; of a copy and its original give what is `dumped`."""
    was, now = ({o.identity: _meaning(o) for o in objects if o.definition} for objects in (before, after))
    return _differences(was, now, essence)


def misgranted(before: Sequence[SchemaObject], after: Sequence[SchemaObject]) -> list[Difference]:
    """Objects that both schemas have, whose owner or grants differ; and what is about grants only."""
    both = {o.identity for o in before} & {o.identity for o in after}
    was, now = (
        {o.identity: _rights(o) for o in objects if o.identity in both or not o.definition}
        for objects in (before, after)
    )
    return _differences(was, now, str)


def reordered(before: Sequence[SchemaObject], after: Sequence[SchemaObject]) -> list[str]:
    """Tables whose columns have another order."""
    places = {(o.parent, o.name): o.position for o in before if o.position}
    moved = {o.parent for o in after if o.position and places.get((o.parent, o.name), o.position) != o.position}
    return sorted(moved)


def _meaning(each: SchemaObject) -> str:
    return " ".join(part for part in (each.definition, each.state, each.here) if part)


def _rights(each: SchemaObject) -> str:
    return "; ".join(
        [f"owner {each.owner}"] * bool(each.owner) + [f"grants {', '.join(each.grants)}"] * bool(each.grants)
    )


def _differences(before: dict[str, str], after: dict[str, str], essential: Callable[[str], str]) -> list[Difference]:
    found: list[Difference] = []
    for identity in sorted(before.keys() | after.keys()):
        was, now = before.get(identity, ""), after.get(identity, "")
        if identity not in after:
            found.append(Difference("removed", identity, was, ""))
        elif identity not in before:
            found.append(Difference("added", identity, "", now))
        elif essential(was) != essential(now):
            found.append(Difference("changed", identity, was, now))
    return found


def _hash(lines: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line.encode() + b"\0")
    return digest.hexdigest()
