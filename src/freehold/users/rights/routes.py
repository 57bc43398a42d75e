"""The rights of platform administrators over HTTP."""

from uuid import UUID

from freehold.base.errors import Forbidden, Missing
from freehold.data.context import Context
from freehold.users.proving.errors import PROOF
from freehold.users.rights import operations
from freehold.users.rights.errors import LastAdministrator
from freehold.users.rights.types import AdminGrant
from freehold.users.types import User
from freehold.web.routing import Routes

routes = Routes(
    "administrators", "For platform administrators: help users back in, and decide who is an administrator."
)


@routes.put("/v1/users/{user}/admin", body_optional=True, errors=[Missing, Forbidden, *PROOF])
async def grant_admin(context: Context, user: UUID, body: AdminGrant) -> User:
    """Make a user a platform administrator.

    They can do everything. For platform administrators. It needs `current_password`, or a session that gave it within
    the last 10 minutes. `GET /v1/users?admin=true` lists all administrators.
    """
    return await operations.grant(context, user, body)


@routes.delete("/v1/users/{user}/admin", errors=[Missing, Forbidden, LastAdministrator])
async def revoke_admin(context: Context, user: UUID) -> User:
    """Take the rights of a platform administrator from a user.

    For platform administrators. The last one who is not suspended keeps them.
    """
    return await operations.revoke(context, user)
