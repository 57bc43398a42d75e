"""Routes about the process itself, for whoever watches over it."""

from typing import Literal

import msgspec

from freehold.base.errors import SchemaPending
from freehold.data.context import Context
from freehold.data.db import Database
from freehold.data.installation import require_current_schema
from freehold.web.routing import Routes

routes = Routes("system", "Health of this process.")


class Health(msgspec.Struct, frozen=True):
    """All is well; otherwise the answer is a problem."""

    status: Literal["ok"] = "ok"


@routes.get("/healthz", auth="none", store=False, limit="none")
async def get_health(context: Context) -> Health:  # noqa: ARG001 - asks nothing else than this process
    """Say that the process lives."""
    return Health()


@routes.get("/readyz", auth="none", store=False, limit="none", errors=[SchemaPending])
async def get_readiness(context: Context) -> Health:
    """Say that requests can be answered: the database is reachable and has every migration."""
    if isinstance(context.db, Database):
        await require_current_schema(context.db)
    return Health()
