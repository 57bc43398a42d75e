"""The stream for collectors: a line for each event, after it is committed, going on where it ended."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.audit.test_following import settled, stored
from tests.audit.test_following import write as write_event
from tests.conftest import trusting

from freehold import Platform, Unavailable
from freehold.audit.following import output
from freehold.audit.following.jobs import write_stream
from freehold.audit.following.output import Blocked, ToFile, ToStdout

Node = Callable[[], AbstractAsyncContextManager[Platform]]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "audit.ndjson"


@pytest.fixture
def node(database_url: str, file: Path) -> Node:
    """A process that serves: a platform with the setting."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Platform]:
        async with Platform.open(database_url, settings=trusting(audit_stream=str(file))) as platform:
            yield platform

    return opened


def ids(file: Path) -> list[UUID]:
    lines = file.read_text().splitlines() if file.exists() else []
    return [UUID(json.loads(line)["id"]) for line in lines]


def rename(file: Path, suffix: str) -> Path:
    """As logrotate does."""
    return file.rename(file.with_suffix(suffix))


def mode(file: Path) -> int:
    return file.stat().st_mode & 0o777


def tear(file: Path) -> None:
    """Leave half a line at the end, as a crash does."""
    with file.open("ab") as torn:
        torn.write(b'{"id":"0190163d-')


async def write(platform: Platform, connection: Any) -> None:
    await write_event(platform.context)
    await settled(connection)


async def expire(connection: Any) -> None:
    """Let so much time pass that a process that holds the output is taken for dead."""
    await connection.execute("UPDATE audit_streams SET held_until = now() - interval '1 second'")


async def test_file_goes_on_where_it_ended_after_a_restart(node: Node, file: Path, connection: Any):
    for _ in range(3):
        async with node() as platform:
            await expire(connection)
            await write_stream(platform.context)
            for _ in range(3):
                await write(platform, connection)
            await write_stream(platform.context)
    assert len(ids(file)) == len(set(ids(file))) == 9
    assert set(ids(file)) == await stored(connection)
    assert mode(file) == 0o600


async def test_log_of_before_is_not_written(node: Node, file: Path, connection: Any):
    async with node() as platform:
        await write(platform, connection)
        await write_stream(platform.context)
        assert ids(file) == []
        await write(platform, connection)
        await write_stream(platform.context)
    assert len(ids(file)) == 1


async def test_one_of_several_processes_writes(node: Node, file: Path, connection: Any):
    async with node() as one, node() as two:
        await write_stream(one.context)
        for _ in range(5):
            await write(one, connection)
            await asyncio.gather(write_stream(one.context), write_stream(two.context))
        assert len(ids(file)) == 5
        await expire(connection)  # the first one hangs
        await write(one, connection)
        await write_stream(two.context)
        assert len(ids(file)) == 6
        await write(one, connection)
        await write_stream(one.context)
        assert len(ids(file)) == 6
        await write_stream(two.context)
    assert set(ids(file)) == await stored(connection)


async def test_file_has_no_event_twice_when_a_process_is_killed_before_it_notes_what_it_wrote(
    node: Node, file: Path, connection: Any, monkeypatch: pytest.MonkeyPatch
):
    async with node() as killed:
        await write_stream(killed.context)
        await write(killed, connection)
        await write(killed, connection)

        async def die(*_: object, **__: object) -> None:
            raise Unavailable

        with monkeypatch.context() as patch:
            patch.setattr("freehold.audit.following.queries.advance_stream", die)
            with pytest.raises(Unavailable):
                await write_stream(killed.context)
    assert len(ids(file)) == 2
    tear(file)
    async with node() as next_one:
        await expire(connection)
        await write(next_one, connection)
        await write_stream(next_one.context)
    assert len(ids(file)) == len(set(ids(file))) == 3
    assert set(ids(file)) == await stored(connection)


async def test_stop_of_a_process_cuts_no_write_in_two(node: Node, file: Path, connection: Any):
    """The write ends, and is noted, so that nothing is written again."""
    async with node() as platform:
        await write_stream(platform.context)
        await write(platform, connection)
        wrote = asyncio.Event()
        loop = asyncio.get_running_loop()
        real = ToFile.write

        def slow(self: ToFile, lines: bytes) -> None:
            loop.call_soon_threadsafe(wrote.set)
            real(self, lines)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(ToFile, "write", slow)
            task = asyncio.create_task(write_stream(platform.context))
            await wrote.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
    assert ids(file) == [await connection.fetchval("SELECT event_id FROM audit_streams")]


async def test_file_that_was_renamed_is_begun_again(node: Node, file: Path, connection: Any):
    async with node() as platform:
        await write_stream(platform.context)
        found = set()
        for number in range(2):
            await write(platform, connection)
            await write_stream(platform.context)
            found |= set(ids(rename(file, f".{number}")))
    assert len(found) == 2


async def test_file_that_cannot_be_written_is_said_and_tried_again(node: Node, file: Path, connection: Any):
    async with node() as platform:
        await write_stream(platform.context)
        await write(platform, connection)
        os.mkdir(file)  # noqa: PTH102 - quick
        with pytest.raises(Unavailable, match="The audit stream cannot be written to"):
            await write_stream(platform.context)
        os.rmdir(file)  # noqa: PTH106 - quick
        await write_stream(platform.context)
    assert len(ids(file)) == 1


def test_disk_that_is_full_leaves_no_half_line(file: Path, monkeypatch: pytest.MonkeyPatch):
    ToFile(file).write(b"one\n")
    real = os.write

    def full(descriptor: int, data: bytes) -> int:
        if len(data) < 4:
            raise OSError(28, "No space left on device")
        return real(descriptor, data[:2])

    with monkeypatch.context() as patch:
        patch.setattr("os.write", full)
        with pytest.raises(OSError, match="No space"):
            ToFile(file).write(b"two\n")
    assert file.read_bytes() == b"one\n"


def test_reader_that_reads_nothing_holds_nobody(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(output, "WRITE_SECONDS", 0.01)
    there, here = os.pipe()
    stdout = ToStdout(here)
    with pytest.raises(Blocked):
        stdout.write(b"x" * 2**20 + b"\n")
    os.set_blocking(there, False)
    read = bytearray()
    while part := _available(there):
        read += part
    stdout.write(b"next\n")
    assert _available(there) == b"\nnext\n"
    os.close(here)
    os.close(there)


def _available(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except BlockingIOError:
        return b""
