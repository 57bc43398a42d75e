"""Routes about the process itself, for whoever watches over it."""

from typing import Literal

import msgspec

from freehold.base.errors import SchemaPending
from freehold.data.context import Context
from freehold.data.db import Database
from freehold.data.installation import is_read_only, require_current_schema
from freehold.web.routing import Routes

routes = Routes("system", "Health of this process.")


class Health(msgspec.Struct, frozen=True):
    """All is well; otherwise the answer is a problem."""

    status: Literal["ok"] = "ok"


class Readiness(msgspec.Struct, frozen=True):
    """Requests can be answered: all (``ok``), or only reads, since the primary database is away (``read_only``)."""

    status: Literal["ok", "read_only"] = "ok"


@routes.get("/healthz", auth="none", store=False, limit="none")
async def get_health(context: Context) -> Health:  # noqa: ARG001 - asks nothing else than this process
    """Say that the process lives."""
    return Health()


@routes.get("/readyz", auth="none", store=False, limit="none", errors=[SchemaPending])
async def get_readiness(context: Context) -> Readiness:
    """Say that requests can be answered: the database is reachable and has every migration.

    The status is ``read_only`` while the primary database is away, and a standby alone answers reads.
    """
    if isinstance(context.db, Database):
        await require_current_schema(context.db)
        if await is_read_only(context.db):
            return Readiness("read_only")
    return Readiness()
