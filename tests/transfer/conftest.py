"""Files to import, and what the database holds afterwards."""

import io
import json
from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from uuid import UUID

import pytest

from freehold import ImportPlan, ImportReport, Platform, Refusals

Import = Callable[..., Awaitable[tuple[ImportReport, Refusals]]]


def uid(number: int) -> str:
    return str(UUID(int=number, version=4))


def user(number: int, **changes: Any) -> dict[str, Any]:
    return {"id": uid(number), "username": f"user_{number}", "email": f"user{number}@example.com", **changes}


def organization(number: int, owner: int, **changes: Any) -> dict[str, Any]:
    return {"id": uid(number), "name": f"Org {number}", "slug": f"org-{number}", "owner_id": uid(owner), **changes}


def ndjson(records: Iterable[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


@pytest.fixture
def bring_in(platform: Platform) -> Import:
    """Import bytes, or records as NDJSON: ``report, refusals = await bring_in("users", [...], partial=True)``."""

    async def run(
        kind: Any, content: bytes | Iterable[dict[str, Any]], *, form: Any = "ndjson", **plan: Any
    ) -> tuple[ImportReport, Refusals]:
        refusals = Refusals()
        data = content if isinstance(content, bytes) else ndjson(content)
        report = await platform.transfer.import_file(
            kind, io.BytesIO(data), form=form, plan=ImportPlan(**plan), refusals=refusals
        )
        return report, refusals

    return run


async def written(platform: Platform, kind: Any, **options: Any) -> bytes:
    """What an export writes."""
    out = io.BytesIO()
    await platform.transfer.export_file(kind, out.write, **options)
    return out.getvalue()
