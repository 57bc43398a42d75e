"""One short text for a whole schema, and the words for what differs between two."""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

import msgspec

from freehold.migrate.catalog import SchemaObject

_CAST = re.compile(
    r"""::(?:"[^"]+"|[a-z_][\w.]*)(?: varying| precision| with(?:out)? time zone)?(?:\(\d+(?:,\d+)?\))?(?:\[\])*"""
)

_INVALID = re.compile(r" INVALID(?:$| CLUSTERED| REPLICA IDENTITY| COMMENT ')")

Change = Literal["added", "removed", "changed"]


class Fingerprint(msgspec.Struct, frozen=True):
    """Two hashes of a schema, each prefixed with the server's major version, since versions never compare.

    Attributes:
        strict: over everything, the order of columns, owners and grants included.
        logical: over what objects mean; a column dropped and added again (it moves to the end) does not count, and
            neither do owners and grants, which a staging server may lack the roles for.
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
    everything = (f"{o.identity}|{o.definition}|{o.position}|{o.owner}|{o.grants}" for o in objects)
    meaning = (f"{o.identity}|{essence(o.definition)}" for o in without_grants(objects))
    return Fingerprint(f"{server_major}:{_hash(everything)}", f"{server_major}:{_hash(meaning)}")


def essence(definition: str) -> str:
    """A definition without casts, parentheses and spaces.

    What PostgreSQL prints of an expression is not what it prints of the same expression read back: a dump restored has
    ``ARRAY[('a'::varchar)::text]`` where the original had ``(ARRAY['a'::varchar])::text[]``. Both mean the same.
    """
    return re.sub(r"[()\s]", "", _CAST.sub("", definition))


def dumped(objects: Sequence[SchemaObject]) -> list[SchemaObject]:
    """What a backup can hold of a schema: pg_dump leaves out INVALID indexes, the rests of concurrent builds.

    One of a partitioned table (``ON ONLY``) is merely waiting for its partitions' indexes, and is dumped.
    """
    return [
        each
        for each in objects
        if each.kind != "index" or not _INVALID.search(each.definition) or " ON ONLY " in each.definition
    ]


def without_grants(objects: Sequence[SchemaObject]) -> list[SchemaObject]:
    """What is there also where the role may not restore grants: default privileges are nothing else."""
    return [each for each in objects if each.kind != "default privileges"]


def differences(before: Sequence[SchemaObject], after: Sequence[SchemaObject]) -> list[Difference]:
    """What differs in meaning between two schemas, by object."""
    was, now = ({o.identity: o.definition for o in objects} for objects in (before, after))
    return _differences(was, now, essence)


def misgranted(before: Sequence[SchemaObject], after: Sequence[SchemaObject]) -> list[Difference]:
    """Objects that both schemas have, whose owner or grants differ."""
    both = {o.identity for o in before} & {o.identity for o in after}
    return _differences(
        {o.identity: _rights(o) for o in before if o.identity in both},
        {o.identity: _rights(o) for o in after if o.identity in both},
        str,
    )


def reordered(before: Sequence[SchemaObject], after: Sequence[SchemaObject]) -> list[str]:
    """Tables whose columns have another order."""
    places = {(o.parent, o.name): o.position for o in before if o.position}
    moved = {o.parent for o in after if o.position and places.get((o.parent, o.name), o.position) != o.position}
    return sorted(moved)


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
