"""Every organization of the platform, for its administrators."""

from typing import Final

from freehold.console import queries
from freehold.console.frame import require_admin, show
from freehold.organizations import operations
from freehold.organizations.types import OrganizationsPageRequest
from freehold.pages.calls import Call, with_query
from freehold.pages.declaring import Pages
from freehold.pages.visit import Visit
from freehold.web.answers import Answer

platform_organizations = Pages(__package__)

_FILTERS: Final = ("q",)
_MOST_STUCK: Final = 20


@platform_organizations.shows("/platform/organizations", for_user=True)
async def show_organizations(visit: Visit) -> Answer:
    """List the organizations, newest first, or those whose name or slug begins so; and those that cannot be removed."""
    require_admin(visit)
    listed = await operations.list_all(visit.context, visit.filtered(OrganizationsPageRequest, *_FILTERS, "cursor"))
    kept = visit.only(_FILTERS)
    return await show(
        visit,
        "platform_organizations.html",
        "All organizations",
        current="platform-organizations",
        listed=listed,
        is_narrowed=bool(kept),
        stuck=await queries.failed_purges(visit.context.db, limit=_MOST_STUCK),
        kept=_FILTERS,
        calls=[Call("Find organizations", "GET", with_query("/v1/organizations", **kept))],
    )
