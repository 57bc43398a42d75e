"""Acting for a user over HTTP."""

from uuid import UUID

from freehold.base.errors import Forbidden, Missing
from freehold.data.context import Context
from freehold.sessions.acting import operations
from freehold.sessions.acting.types import Impersonation, NewImpersonation
from freehold.users.proving.errors import PROOF
from freehold.users.suspension.errors import UserSuspended
from freehold.web.routing import Routes

routes = Routes("impersonation", "For platform administrators: act for a user, visibly and for an hour at most.")


@routes.post(
    "/v1/users/{user}/impersonation",
    status=201,
    store=False,
    location="../sessions/{0.session_id}",
    limit="sign-ins",
    errors=[Missing, Forbidden, UserSuspended, *PROOF],
)
async def impersonate_user(context: Context, user: UUID, body: NewImpersonation) -> Impersonation:
    """Act for a user who is not a platform administrator.

    The token works for `minutes` (at most 60). With it you are the user, except where their password is needed
    (403 `not_while_acting`). Every answer has `X-Acting-For`, and every audit event names the user and you. It ends at
    once if you are suspended or no longer an administrator. It needs `current_password`, or a session that gave it
    within the last 10 minutes.
    """
    return await operations.begin(context, user, body)
