"""The server itself delivers mail, each once, however many of its processes look for it."""

import asyncio
import sys
from pathlib import Path

import httpx
from tests.cli.processes import DEADLINE_SECONDS, Served
from tests.conftest import PASSWORD
from tests.mail.post_office import PostOffice

PEOPLE = 8


async def test_processes_of_a_server_share_its_mail(office: PostOffice, database_url: str, tmp_path: Path):
    settings = office.settings()
    assert settings.smtp_url is not None
    assert settings.mail_from is not None
    served = Served(
        *("--data-dir", tmp_path),
        python=(sys.executable,),
        port=0,
        environment={
            "FREEHOLD_DATABASE_URL": database_url,
            "FREEHOLD_SMTP_URL": settings.smtp_url,
            "FREEHOLD_MAIL_FROM": settings.mail_from,
        },
    )
    try:
        url = await asyncio.to_thread(lambda: served.url)
        addresses = [f"user{number}@example.com" for number in range(PEOPLE)]
        async with httpx.AsyncClient(base_url=url, timeout=DEADLINE_SECONDS) as client:
            for number, address in enumerate(addresses):
                new = {"username": f"user{number}", "email": address, "password": PASSWORD}
                assert (await client.post("/v1/users", json=new)).status_code == 201
            async with asyncio.timeout(DEADLINE_SECONDS):
                while len(office.letters) < PEOPLE:  # noqa: ASYNC110 - another process delivers
                    await asyncio.sleep(0.01)
        await asyncio.to_thread(served.interrupt)  # what is under way comes in, and nothing after that
        assert sorted(str(letter["To"]) for letter in office.letters) == addresses
    finally:
        await asyncio.to_thread(served.kill)
