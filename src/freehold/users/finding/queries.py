"""Typed stubs of the statements that find users."""

from uuid import UUID

import msgspec

from freehold.data.sql import Executor, statement
from freehold.users.finding.types import Found, Narrowing
from freehold.users.types import User


class Counts(msgspec.Struct, frozen=True):
    """How many users there are, of what kind."""

    users: int
    admins: int
    suspended: int
    suspended_admins: int


@statement
async def newest(db: Executor, *, narrowing: Narrowing, before_id: UUID, limit: int) -> list[User]: ...


@statement
async def newest_suspended(db: Executor, *, narrowing: Narrowing, before_id: UUID, limit: int) -> list[User]: ...


@statement
async def newest_admins(db: Executor, *, narrowing: Narrowing, before_id: UUID, limit: int) -> list[User]: ...


@statement
async def oldest(db: Executor, *, narrowing: Narrowing, after_id: UUID, limit: int) -> list[User]: ...


@statement
async def oldest_suspended(db: Executor, *, narrowing: Narrowing, after_id: UUID, limit: int) -> list[User]: ...


@statement
async def oldest_admins(db: Executor, *, narrowing: Narrowing, after_id: UUID, limit: int) -> list[User]: ...


@statement
async def by_username(
    db: Executor, *, narrowing: Narrowing, after_term: str, after_id: UUID, limit: int
) -> list[Found]: ...


@statement
async def suspended_by_username(
    db: Executor, *, narrowing: Narrowing, after_term: str, after_id: UUID, limit: int
) -> list[Found]: ...


@statement
async def admins_by_username(
    db: Executor, *, narrowing: Narrowing, after_term: str, after_id: UUID, limit: int
) -> list[Found]: ...


@statement
async def search(
    db: Executor,
    *,
    narrowing: Narrowing,
    q: str,
    folded: str,
    after_term: str,
    after_id: UUID,
    entries: int,
    limit: int,
) -> list[Found]: ...


@statement
async def search_suspended(
    db: Executor, *, narrowing: Narrowing, q: str, folded: str, after_term: str, after_id: UUID, limit: int
) -> list[Found]: ...


@statement
async def search_admins(
    db: Executor, *, narrowing: Narrowing, q: str, folded: str, after_term: str, after_id: UUID, limit: int
) -> list[Found]: ...


@statement
async def by_exact_username(
    db: Executor, *, narrowing: Narrowing, username: str, email: str | None, q: str | None, folded: str
) -> User | None: ...


@statement
async def by_exact_email(
    db: Executor, *, narrowing: Narrowing, email: str, q: str | None, folded: str
) -> User | None: ...


@statement
async def many_are_suspended(db: Executor) -> bool: ...


@statement
async def count_all(db: Executor) -> Counts: ...


@statement
async def count_found(db: Executor, *, narrowing: Narrowing, q: str, folded: str) -> int: ...
