"""Hands connections of the pool to statements that are not Freehold's: raw, in a transaction, or bound to one tenant.

Such statements may change the session (SET, LISTEN, temporary tables). So it is cleaned before anybody else gets it,
and closed where that fails.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, NamedTuple

from freehold.base.errors import SchemaPending
from freehold.data.adapting import given
from freehold.data.failures import DRIVER, NO_ROLE, Meanings, translated
from freehold.data.lending import RELEASE_SECONDS, ROLE_CHANGED, Lender, Lent

_CLEAN: Final = (
    "CLOSE ALL; UNLISTEN *; SELECT pg_advisory_unlock_all(); SET SESSION AUTHORIZATION DEFAULT; RESET ALL; "
    "DISCARD SEQUENCES; DISCARD TEMP"
)
"""All of DISCARD ALL but for prepared statements, whose names the driver goes on to use."""
_COMMIT: Final = "RESET ROLE; RESET freehold.organization_id; RESET freehold.user_id; COMMIT"
"""Also what was set for longer ends with the transaction, since behind PgBouncer others get the session next."""

_BIND: Final = """
SELECT current_setting('role') AS role, current_setting('freehold.organization_id', true) AS organization_id,
    current_setting('freehold.user_id', true) AS user_id,
    set_config('freehold.organization_id', $1::text, true), set_config('freehold.user_id', $2::text, true),
    coalesce((SELECT r.rolsuper OR r.rolbypassrls FROM pg_roles r WHERE r.rolname = $3::text), false) AS escapes
"""
_UNBIND: Final = """
SELECT set_config('role', $1::text, true), set_config('freehold.organization_id', coalesce($2::text, ''), true),
    set_config('freehold.user_id', coalesce($3::text, ''), true)
"""

_outside: Final[dict[int, str]] = {}
"""Connections that are bound to a tenant now, by their identity: the role that they had before."""


class TenantRoleUnusable(SchemaPending):
    """There is no role that row-level security binds, or this one may not take it."""

    code = "tenant_role_unusable"
    title = "The role for your own tables cannot be used: run 'freehold tenants role'"


def escaping(role: str) -> str:
    """Say that nothing binds a role."""
    return (
        f"Row-level security does not bind the role {role}, which is a superuser or has BYPASSRLS: set "
        "FREEHOLD_TENANT_ROLE to one that has neither"
    )


def unready(role: str) -> str:
    """Say that a role cannot be taken."""
    return (
        f"The role {role} does not exist, or this one may not take it: run 'freehold tenants role', which makes it or "
        "says what to run (FREEHOLD_TENANT_ROLE names another)"
    )


class Tenant(NamedTuple):
    """Whose rows are reached, by whom, and with which role."""

    organization_id: str
    user_id: str
    role: str


def role_outside(connection: Any) -> str | None:
    """Tell which role a connection had before it was bound to a tenant; None where it is bound to none."""
    return _outside.get(id(connection))


@asynccontextmanager
async def handed(lender: Lender, meanings: Meanings, *, begin: bool, tenant: Tenant | None) -> AsyncIterator[Any]:
    """Hand out a connection; see ``Database.handed``."""
    async with lender.lend() as lent:
        try:
            if begin:
                async with _transaction(lent, meanings):
                    if tenant is None:
                        yield lent.connection
                    else:
                        async with bound(lent, tenant, restore=False):
                            yield lent.connection
            else:
                yield lent.connection
        finally:
            await _clean(lent, keeps_sessions=lender.keeps_sessions)


@asynccontextmanager
async def _transaction(lent: Lent, meanings: Meanings) -> AsyncIterator[None]:
    """Begin a transaction, and commit it. What fails in it is whoever's it is, and is raised as it is."""
    inside: BaseException | None = None
    lent.wrote = True
    try:
        async with lent.transaction(end=_COMMIT):
            try:
                yield
            except BaseException as error:
                inside = error
                raise
    except DRIVER as error:
        known = None if error is inside else translated(error, meanings)
        if known is None:
            raise
        raise known from error


@asynccontextmanager
async def bound(lent: Lent, tenant: Tenant, *, restore: bool = True) -> AsyncIterator[None]:
    """Bind a transaction to a tenant.

    Args:
        lent: in a transaction.
        tenant: to which one.
        restore: bind it to what it was bound to before, at the end; not where the transaction ends with it.

    Raises:
        TenantRoleUnusable: there is no such role, this one may not take it, or nothing binds it.
    """
    connection = lent.connection
    try:
        before = await lent.do(connection.fetchrow, _BIND, *tenant)
        if before["escapes"]:
            raise TenantRoleUnusable(escaping(tenant.role))
        await lent.do(connection.fetchrow, ROLE_CHANGED, tenant.role)
    except NO_ROLE as error:
        raise TenantRoleUnusable(unready(tenant.role)) from error
    place, outside = id(given(connection)), lent.outside
    known = _outside.get(place)
    lent.outside = _outside[place] = known or before["role"]
    try:
        yield
    finally:
        lent.outside = outside
        if known is None:
            del _outside[place]
    if restore:
        await lent.do(connection.fetchrow, _UNBIND, before["role"], before["organization_id"], before["user_id"])


async def _clean(lent: Lent, *, keeps_sessions: bool) -> None:
    """Leave nothing in the session for whoever gets it next; close it where that fails."""
    connection = lent.connection
    if lent.is_lost or connection.is_closed():
        return
    try:
        async with asyncio.timeout(RELEASE_SECONDS):
            if connection.is_in_transaction():
                await connection.execute("ROLLBACK")
            if keeps_sessions:
                await connection.execute(_CLEAN)
            if connection.is_altered:
                await connection.close()
    except BaseException as error:
        lent.part(error)
        if not isinstance(error, DRIVER):
            raise
