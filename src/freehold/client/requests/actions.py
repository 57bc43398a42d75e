"""Actions: Freehold's, and those that applications declared, as requests."""

# Generated from the library and the routes by `make renew`; a test compares it.

from freehold.actions.types import ActionEntry
from freehold.client.request import Request, part
from freehold.data.paging import Page, PageRequest


def actions_list(request: PageRequest) -> Request[Page[ActionEntry]]:
    """List all actions: Freehold's first, then those that applications declared, by name.

    ``GET /v1/actions``.

    Raises:
        Unauthenticated: nobody is signed in.
        Invalid: the cursor belongs to another list.
    """
    return Request("GET", "/v1/actions", (Page[ActionEntry],), query=request)


def actions_get(name: str) -> Request[ActionEntry]:
    """Read an action: which built-in roles have it, and which applications declared it.

    ``GET /v1/actions/{action}``.

    Raises:
        Unauthenticated: nobody is signed in.
        NoSuchAction: ``no_such_action``.
    """
    return Request("GET", f"/v1/actions/{part(name)}", (ActionEntry,))
