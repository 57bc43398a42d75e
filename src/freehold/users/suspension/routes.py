"""Suspensions over HTTP."""

from uuid import UUID

from freehold.base.errors import Forbidden, Missing
from freehold.data.context import Context
from freehold.users.rights.errors import LastAdministrator
from freehold.users.suspension import operations
from freehold.users.suspension.errors import NotSuspended
from freehold.users.suspension.types import NewSuspension, Suspension
from freehold.users.types import User
from freehold.web.routing import Routes

routes = Routes("suspension", "For platform administrators: suspend a user, and let them in again.")


@routes.put("/v1/users/{user}/suspension", body_optional=True, errors=[Missing, Forbidden, LastAdministrator])
async def suspend_user(context: Context, user: UUID, body: NewSuspension) -> Suspension:
    """Suspend a user.

    At once, nothing lets them in: their sessions, API keys and mailed tokens end, and they cannot sign in, set a new
    password by mail or accept invitations. Their memberships stay. For platform administrators, who alone see the
    `reason`. Send it again to change the reason.
    """
    return await operations.suspend(context, user, body)


@routes.get("/v1/users/{user}/suspension", errors=[Missing, Forbidden, NotSuspended])
async def get_suspension(context: Context, user: UUID) -> Suspension:
    """Read since when a user is suspended, and why.

    For platform administrators.
    """
    return await operations.get(context, user)


@routes.delete("/v1/users/{user}/suspension", errors=[Missing, Forbidden, NotSuspended])
async def resume_user(context: Context, user: UUID) -> User:
    """Let a suspended user sign in again.

    They have their password and memberships as before. For platform administrators.
    """
    return await operations.resume(context, user)
