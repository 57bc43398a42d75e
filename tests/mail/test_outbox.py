"""The outbox: the terminal tells of mail where no server is set; it is listed in pages, and dropped when it is old."""

import asyncio
import io
import logging
import os
import sys
from typing import Any

import pytest
from tests.mail.outbox import ADDRESS, write

from freehold import PageRequest, Platform
from freehold.mail.jobs import deliver, drop_old


async def test_without_a_server_mail_is_kept_and_only_told_of(
    platform: Platform, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    written = await write(platform)
    await deliver(platform.context)
    printed = capfd.readouterr().out
    assert printed == f"Mail to {ADDRESS} waits: read it with 'freehold mail show {written.id}'\n"
    kept = await platform.mail.get(written.id)
    assert kept.sent_at is not None
    assert kept.text == written.text
    assert ADDRESS in caplog.text
    assert "/reset" not in caplog.text
    await deliver(platform.context)
    assert capfd.readouterr().out == ""


async def test_output_that_nobody_reads_does_not_stop_the_server(platform: Platform, monkeypatch: pytest.MonkeyPatch):
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with open(writing, "wb", buffering=0) as pipe, open(reading, "rb"):  # noqa: ASYNC230, PTH123 - a pipe
        while pipe.write(b"x" * 4096):
            pass
        os.set_blocking(writing, True)
        monkeypatch.setattr(sys, "stdout", pipe)
        written = await write(platform)
        async with asyncio.timeout(5):
            await deliver(platform.context)
    kept = await platform.mail.get(written.id)
    assert kept.text == written.text
    assert kept.sent_at is not None


@pytest.mark.parametrize("output", [None, io.StringIO()])
async def test_no_output_at_all_is_no_failure(
    output: io.StringIO | None, platform: Platform, monkeypatch: pytest.MonkeyPatch
):
    written = await write(platform)
    monkeypatch.setattr(sys, "stdout", output)
    await deliver(platform.context)
    assert (await platform.mail.get(written.id)).sent_at is not None


async def test_old_mail_is_dropped(platform: Platform, connection: Any):
    old, new = await write(platform), await write(platform)
    await deliver(platform.context)
    await connection.execute("UPDATE mail_messages SET sent_at = now() - interval '31 days' WHERE id = $1", old.id)
    waiting = await write(platform)
    await connection.execute(
        "UPDATE mail_messages SET created_at = now() - interval '99 days' WHERE id = $1", waiting.id
    )
    await drop_old(platform.context)
    assert {message.id for message in (await platform.mail.list(PageRequest())).data} == {new.id, waiting.id}


async def test_mail_is_listed_newest_first_in_pages(platform: Platform):
    written = sorted([(await write(platform)).id for _ in range(3)], reverse=True)
    first = await platform.mail.list(PageRequest(limit=2, include="total"))
    assert [message.id for message in first.data] == written[:2]
    assert first.total == 3
    rest = await platform.mail.list(PageRequest(limit=2, cursor=first.next_cursor))
    assert [message.id for message in rest.data] == written[2:]
