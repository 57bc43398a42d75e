"""Keeps the order of events right, and writes them for collectors."""

from weakref import WeakKeyDictionary

from freehold.audit.following import queries
from freehold.audit.following.streaming import Streaming
from freehold.data.context import Context
from freehold.data.db import Database, Transaction
from freehold.data.jobs import job

_streams: WeakKeyDictionary[Database | Transaction, Streaming] = WeakKeyDictionary()


@job("audit.settle", every_seconds=3600)
async def settle(context: Context) -> None:
    """Forget the numbers of transactions of another server, after the database was moved here by a dump.

    Numbers begin again there, so new events would seem to be older than those that readers have.
    """
    if await queries.has_foreign_placed(context.db):
        async with context.db.bulk() as transaction:
            await queries.forget_places(transaction)


@job("audit.stream", every_seconds=1)
async def write_stream(context: Context) -> None:
    """Write the events that were committed since to FREEHOLD_AUDIT_STREAM."""
    setting = context.tools.settings.audit_stream
    if setting is None:
        return
    stream = _streams.get(context.db)
    if stream is None:
        stream = _streams[context.db] = Streaming(setting)
    await stream.run(context)
