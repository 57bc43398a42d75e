"""A process that delivers webhooks as fast as it can, until it is killed: ``python -m tests.webhooks.worker URL``."""

import asyncio
import sys

from tests.webhooks.receiver import LOOPBACK

from freehold import Platform, Settings
from freehold.webhooks.jobs import deliver


async def work(url: str) -> None:
    async with Platform.open(url, settings=Settings(webhook_networks=LOOPBACK, pool_size=9)) as platform:
        while True:
            await deliver(platform.context)
            await asyncio.sleep(0.01)


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1]))
