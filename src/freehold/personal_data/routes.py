"""Personal data over HTTP."""

from datetime import datetime
from uuid import UUID

from freehold.access import UserRef
from freehold.base.errors import Forbidden, Missing
from freehold.data.context import Context
from freehold.organizations.errors import OwnsOrganizations
from freehold.personal_data import operations
from freehold.personal_data.types import AccountDeletion, PersonalData
from freehold.users.proving.errors import PROOF
from freehold.users.rights.errors import LastAdministrator
from freehold.web.downloads import Download
from freehold.web.routing import Routes

routes = Routes("personal data", "Export or erase everything stored about a user.")


@routes.get("/v1/users/me/export", store=False)
async def export_personal_data(context: Context) -> Download[PersonalData]:
    """Download everything stored about you.

    You get one JSON file, without secrets.
    """
    return Download("personal-data.json", await operations.export(context, "me"))


@routes.get("/v1/users/{user}/export", store=False, tag="administrators", errors=[Missing, Forbidden])
async def export_data_of_user(context: Context, user: UUID) -> Download[PersonalData]:
    """Download everything stored about a user.

    You get one JSON file, without secrets. For platform administrators. The audit log of the user names you.
    """
    return Download("personal-data.json", await operations.export(context, user))


@routes.delete(
    "/v1/users/{user}", body_optional=True, errors=[Missing, Forbidden, OwnsOrganizations, LastAdministrator, *PROOF]
)
async def delete_user(context: Context, user: UserRef, body: AccountDeletion, version: datetime | None) -> None:
    """Remove a user and erase everything stored about them.

    The audit log only keeps their id. You cannot remove a user who owns an organization, even a deleted one that can be
    restored: hand it over or remove it for good first.
    It needs `current_password`, or a session that gave it within the last 10 minutes.
    """
    await operations.erase(context, user, version=version, current_password=body.current_password)
