"""Reads actions over HTTP. Applications declare theirs in the library or on the command line."""

from freehold.access import NoSuchAction
from freehold.actions import operations
from freehold.actions.types import ActionEntry
from freehold.base.errors import Forbidden
from freehold.base.scalars import ActionText
from freehold.data.context import Context
from freehold.data.paging import Page, PageRequest
from freehold.web.routing import Routes

routes = Routes("actions", "What roles and API keys can allow: Freehold's actions, and those of your applications.")


@routes.get("/v1/actions", errors=[Forbidden])
async def list_actions(context: Context, query: PageRequest) -> Page[ActionEntry]:
    """List all actions: Freehold's first, then those that applications declared, by name."""
    return await operations.list_all(context, query)


@routes.get("/v1/actions/{action}", errors=[NoSuchAction, Forbidden])
async def get_action(context: Context, action: ActionText) -> ActionEntry:
    """Read an action: which built-in roles have it, and which applications declared it."""
    return await operations.get(context, action)
