"""Imports that store what is right, and go on where they were when they are cut off."""

import asyncio
import io
import os
from pathlib import Path
from typing import Any

import pytest
from tests.transfer.conftest import Import, ndjson, uid, user, written

from freehold import ImportPlan, ImportReport, Platform, Refusals
from freehold.transfer.errors import BadFile, ImportIsRunning
from freehold.transfer.progress import Quiet
from freehold.transfer.types import BATCH, Form

PARTIAL = ImportPlan(partial=True)
LINES = [user(number) for number in range(1, 2 * BATCH + 100)]
BAD = {7: user(7, email="x"), BATCH + 7: user(BATCH + 7, username="-"), 2 * BATCH + 7: user(1)}
CONTENT = ndjson(BAD.get(number, line) for number, line in enumerate(LINES, 1))


class Cut(io.BytesIO):
    """A file whose disk fails at a place, once its content is known."""

    def __init__(self, content: bytes, place: int) -> None:
        super().__init__(content)
        self.place = place
        self.is_known = False

    def seek(self, offset: int, whence: int = 0) -> int:
        self.is_known = True
        return super().seek(offset, whence)

    def read(self, size: int | None = -1) -> bytes:
        if self.is_known and self.tell() >= self.place:
            raise OSError("the disk is gone")
        return super().read(size)


async def test_what_is_right_is_stored_and_the_rest_told(platform: Platform, bring_in: Import):
    report, refusals = await bring_in("users", CONTENT, partial=True)
    assert (report.stored, report.refused) == (len(LINES) - 3, 3)
    assert [(each.line, each.code) for each in refusals.first] == [
        (7, "invalid_email"),
        (BATCH + 7, "invalid_username"),
        (2 * BATCH + 7, "email_taken"),
        (2 * BATCH + 7, "id_taken"),
        (2 * BATCH + 7, "username_taken"),
    ]
    assert (await written(platform, "users")).count(b"\n") == len(LINES) - 3


async def test_import_that_was_cut_off_goes_on(platform: Platform, tmp_path: Path):
    errors = tmp_path / "errors"
    with pytest.raises(BadFile, match="the disk is gone"):
        await platform.transfer.import_file(
            "users", Cut(CONTENT, len(CONTENT) - 1000), plan=PARTIAL, refusals=(first := Refusals(errors))
        )
    first.add(99, [])
    first.close()
    with errors.open("ab") as file:
        file.write(b"what was found after the last lines that were stored")
    stored_before = (await written(platform, "users")).count(b"\n")
    assert stored_before >= BATCH - 1
    report = await platform.transfer.import_file(
        "users", io.BytesIO(CONTENT), plan=PARTIAL, refusals=(second := Refusals(errors))
    )
    second.close()
    assert report.resumed_after >= BATCH
    assert (report.stored, report.refused) == (len(LINES) - 3, 3)
    assert (await written(platform, "users")).count(b"\n") == len(LINES) - 3
    assert [line.split(b",")[0] for line in errors.read_bytes().splitlines()] == [
        b'{"line":%d' % number for number in (7, BATCH + 7, *[2 * BATCH + 7] * 3)
    ]


@pytest.mark.parametrize("moment", ["finish", "forget"])
@pytest.mark.parametrize("form", ["ndjson", "csv"])
async def test_import_that_was_cut_off_after_its_last_batch_ends_well(
    *,
    moment: str,
    form: Form,
    platform: Platform,
    monkeypatch: pytest.MonkeyPatch,
    connection: Any,
    tmp_path: Path,
):
    if form == "csv":
        bad = BAD[7]
        rows = [",".join(bad), *(",".join(str(line[name]) for name in bad) for line in (bad, *LINES[:3]))]
        content, right, refused = "\n".join(rows).encode(), 3, 1
    else:
        content, right, refused = CONTENT, len(LINES) - 3, 3

    async def bring() -> ImportReport:
        refusals = Refusals(tmp_path / "errors")
        try:
            return await platform.transfer.import_file(
                "users", io.BytesIO(content), form=form, plan=PARTIAL, refusals=refusals
            )
        finally:
            refusals.close()

    with monkeypatch.context() as patch:
        patch.setattr(f"freehold.transfer.queries.{moment}", _killed)
        with pytest.raises(KeyboardInterrupt):
            await bring()
    assert await connection.fetchval("SELECT count(*) FROM users") == right
    before = (tmp_path / "errors").read_bytes()
    report = await bring()
    assert (report.stored, report.refused) == (right, refused)
    assert (tmp_path / "errors").read_bytes() == before
    assert await connection.fetchval("SELECT count(*) FROM imports") == 0
    assert await connection.fetchval("SELECT count(*) FROM audit_events WHERE action = 'data.import'") == 1


async def test_import_that_is_killed_before_its_report_was_seen_reports_again(platform: Platform, connection: Any):
    """Right after its last COMMIT; and a third time it is another import, which finds all lines there."""
    seen: list[ImportReport] = []

    def killed(report: ImportReport) -> None:
        seen.append(report)
        if len(seen) == 1:
            raise KeyboardInterrupt

    async def bring() -> ImportReport:
        return await platform.transfer.import_file("users", io.BytesIO(CONTENT), plan=PARTIAL, on_report=killed)

    with pytest.raises(KeyboardInterrupt):
        await bring()
    again = await bring()
    assert (again.stored, again.refused, again.resumed_after) == (len(LINES) - 3, 3, len(LINES))
    assert (seen[0].stored, seen[0].refused) == (again.stored, again.refused)
    assert await connection.fetchval("SELECT count(*) FROM audit_events WHERE action = 'data.import'") == 1
    assert await connection.fetchval("SELECT count(*) FROM imports") == 0
    assert (await bring()).stored == 0


@pytest.mark.parametrize("is_there", [False, True])
async def test_file_of_what_is_wrong_is_for_nobody_else(
    is_there: bool,  # noqa: FBT001
    platform: Platform,
    tmp_path: Path,
):
    """It says what people have entered."""
    errors = tmp_path / "errors"
    if is_there:
        errors.touch(mode=0o644)
    before = os.umask(0)
    try:
        refusals = Refusals(errors)
        await platform.transfer.import_file("users", io.BytesIO(ndjson([BAD[7]])), refusals=refusals)
        refusals.close()
    finally:
        os.umask(before)
    assert errors.stat().st_mode & 0o777 == 0o600


async def _killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


async def test_finished_import_is_forgotten(bring_in: Import, connection: Any):
    await bring_in("users", CONTENT, partial=True)
    assert await connection.fetchval("SELECT count(*) FROM imports") == 0
    report, _ = await bring_in("users", CONTENT, partial=True)
    assert (report.stored, report.resumed_after) == (0, 0)


async def test_another_file_begins_at_its_beginning(platform: Platform, bring_in: Import):
    with pytest.raises(BadFile):
        await platform.transfer.import_file("users", Cut(CONTENT, len(CONTENT) - 1000), plan=PARTIAL)
    report, _ = await bring_in("users", CONTENT + b"\n", partial=True, on_conflict="skip")
    assert report.resumed_after == 0
    assert report.skipped >= BATCH - 1


async def test_pipe_cannot_go_on_but_is_read(platform: Platform):
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    report = await platform.transfer.import_file("users", Pipe(CONTENT), plan=PARTIAL)
    assert report.stored == len(LINES) - 3


async def test_same_file_at_the_same_time_is_refused(platform: Platform, connection: Any):
    """Somebody else comes before it, between two of its transactions."""

    class Overtaken(Quiet):
        """Told of each batch, when it is committed."""

        def checked(self, count: int) -> None:  # noqa: ARG002 - it is one, however long
            if not overtaking:  # one connection does one thing at a time
                overtaking.append(asyncio.ensure_future(connection.execute("UPDATE imports SET line = line + 1")))

    overtaking: list[asyncio.Future[str]] = []
    with pytest.raises(ImportIsRunning):
        await platform.transfer.import_file("users", io.BytesIO(CONTENT), plan=PARTIAL, progress=Overtaken())
    assert await overtaking[0] == "UPDATE 1"


async def test_batch_in_which_all_are_refused_stores_nothing_and_goes_on(bring_in: Import):
    lines = [user(number, email="x") for number in range(BATCH)] + [user(BATCH + 1)]
    report, _ = await bring_in("users", lines, partial=True)
    assert (report.stored, report.refused) == (1, BATCH)


async def test_member_of_nothing_is_left_out(bring_in: Import):
    await bring_in("users", [user(1), user(2)])
    organizations = [{"id": uid(7), "name": "A", "slug": "a", "owner_id": uid(1)}]
    await bring_in("organizations", organizations)
    lines = [{"organization_id": uid(number), "user_id": uid(2)} for number in (6, 7)]
    report, refusals = await bring_in("members", lines, partial=True)
    assert (report.stored, report.refused) == (1, 1)
    assert refusals.first[0].field == "organization_id"
