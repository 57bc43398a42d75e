"""What the database is and how it is, for the administrators of the platform; nothing here changes anything."""

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Final, TypeVar
from weakref import WeakKeyDictionary

from freehold import migrate
from freehold.base.errors import Missing, Unavailable
from freehold.console.frame import require_admin, show
from freehold.data.db import Database
from freehold.doctor.examining import examine
from freehold.migrate.backup import backups_in
from freehold.pages.declaring import Pages
from freehold.pages.visit import Visit
from freehold.schema.catalog import read_model
from freehold.schema.markdown import state
from freehold.schema.page import described, sections
from freehold.web.answers import Answer

R = TypeVar("R")

platform_database = Pages(__package__)

_SECONDS: Final = 20.0
"""How long looking at the whole database may take; it has a connection of its own."""
_MOST_BACKUPS: Final = 20


@platform_database.shows("/platform/migrations", for_user=True)
async def show_migrations(visit: Visit) -> Answer:
    """Show which migrations are applied, what is pending or differs, the newest evidence, and the backups."""
    require_admin(visit)
    db = _database(visit)
    status = await _looked(migrate.status(db.url, sets=[migrate.builtin()], closely=True, memory=_memory_of(db)))
    backups = await asyncio.to_thread(backups_in, visit.settings.backups_dir)
    return await show(
        visit,
        "platform_migrations.html",
        "Migrations",
        current="platform-migrations",
        status=status,
        backups=backups[::-1][:_MOST_BACKUPS],
        folder=visit.settings.backups_dir,
        command="freehold migrate status",
    )


@platform_database.shows("/platform/health", for_user=True)
async def show_health(visit: Visit) -> Answer:
    """Show what `freehold doctor` finds, with what to do about it."""
    require_admin(visit)
    db = _database(visit)
    diagnosis = await _looked(examine(db.url, visit.settings, db=db, memory=_memory_of(db)))
    return await show(
        visit,
        "platform_health.html",
        "Health",
        current="platform-health",
        diagnosis=diagnosis,
        examined_at=datetime.now(UTC),
        command="freehold doctor",
    )


@platform_database.shows("/platform/data-model", for_user=True)
async def show_data_model(visit: Visit) -> Answer:
    """Show what the database is made of, read from its catalog now."""
    require_admin(visit)
    chosen, db = visit.query.get("section", "entities"), _database(visit)
    model = await _looked(read_model(db.url, measuring=chosen == "queries", memory=_memory_of(db)))
    parts = sections(model, f"{visit.at('/platform/data-model')}?section=tables")
    if chosen not in parts:
        raise Missing(f"There is no section '{chosen}': the sections are {', '.join(parts)}")
    names = [table.name for table in model.tables]
    table = visit.query.get("table", names[0] if names else "")
    if chosen == "tables" and names:  # all of them would be more than a page should weigh
        body = described(model, table)
        if body is None:
            raise Missing(f"There is no table '{table}'")
    else:
        body = await asyncio.to_thread(parts[chosen].write)
    return await show(
        visit,
        "platform_data_model.html",
        "Data model",
        current="platform-data-model",
        sections=parts,
        chosen=chosen,
        body=body,
        names=names,
        table=table,
        state=state(model),
        command="freehold schema docs --format html",
    )


async def _looked(look: Awaitable[R]) -> R:
    try:
        async with asyncio.timeout(_SECONDS):
            return await look
    except migrate.MigrateError as error:
        raise Unavailable(str(error)) from error
    except TimeoutError:
        raise Unavailable(f"The database did not answer within {_SECONDS:.0f} seconds") from None


def _database(visit: Visit) -> Database:
    if not isinstance(visit.context.db, Database):
        raise TypeError("pages are not shown inside of a transaction")
    return visit.context.db


_MEMORIES: Final = WeakKeyDictionary[Database, migrate.Memory]()


def _memory_of(db: Database) -> migrate.Memory:
    """What this process knows of a database's catalog: it is the same until the catalog changes."""
    return _MEMORIES.setdefault(db, migrate.Memory())
