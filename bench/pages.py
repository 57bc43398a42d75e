"""P10: what a page of the console costs with 100,000 projects, members and users behind it: its time, and its size.

python -m bench --only P10
"""

import asyncio
import re
import statistics
import time
from functools import partial

import httpx

from bench.contest import alternate
from bench.contestants import freehold
from bench.curves import EMPTY, ROWS, execute, with_database
from bench.figures import Figure
from bench.load import Failed
from bench.rows import IDS
from bench.stage import Stage
from freehold import NewProject, NewWebhookEndpoint, PageRequest, Platform
from freehold.console.pages import CONSOLE

BEHIND = 100_000
CALLS = 9
AT_MOST_SECONDS = 0.1
AT_MOST_KB = 50
PASSWORD = "Bench1ng-pages"  # noqa: S105 - of a user who is made up
DATABASE = "pages"


def console(stage: Stage) -> list[Figure]:
    """Measure every page as somebody who may see all of them.

    Raises:
        Failed: a page is not shown.
    """
    url = asyncio.run(_fill(stage))
    names = asyncio.run(_somebody(url))
    sizes: dict[str, float] = {}
    with freehold(url, stage.folder) as server, httpx.Client(base_url=server.url, follow_redirects=False) as browser:
        browser.headers.update({"Accept": "text/html", "Origin": server.url, "Sec-Fetch-Site": "same-origin"})
        if browser.post("/sign-in", data={"login": "user_1", "password": PASSWORD}).status_code != 303:
            raise Failed("nobody could sign in")
        paths = [page.path for pages in CONSOLE for page in pages.by_path.values() if page.path != "/first-steps"]
        measures = {path: partial(_read, browser, _filled(path, names), sizes) for path in paths}
        found = alternate(f"P10: {BEHIND:,} projects behind a page", measures, rounds=stage.effort.rounds, unit="s")
    stage.contests["P10"] = found
    slowest = max(found, key=lambda path: statistics.median(found[path]))
    largest = max(sizes, key=lambda path: sizes[path])
    return [
        Figure(
            target="P10",
            work=f"slowest page of the console, {slowest}",
            against=f"{BEHIND:,} projects behind it",
            values=found[slowest],
            unit="s",
            at_most=AT_MOST_SECONDS,
        ),
        Figure(
            target="P10",
            work=f"largest page of the console, {largest}",
            against=f"{BEHIND:,} projects behind it",
            values=[sizes[largest]],
            unit="KB",
            at_most=AT_MOST_KB,
        ),
    ]


def _read(browser: httpx.Client, path: str, sizes: dict[str, float], _: int) -> float:
    taken = []
    for _ in range(CALLS):
        began = time.perf_counter()
        answer = browser.get(path)
        taken.append(time.perf_counter() - began)
        if answer.status_code != 200:
            raise Failed(f"{path} is answered {answer.status_code}")
        sizes[path] = len(answer.content) / 1024
    return statistics.median(taken)


def _filled(path: str, names: dict[str, str]) -> str:
    whose = "of the platform" if path.startswith("/platform") else ""
    return re.sub(r"\{(\w+)\}", lambda found: names.get(f"{found[1]} {whose}") or names[found[1]], path)


async def _fill(stage: Stage) -> str:
    print(f"\nMaking a database with {BEHIND:,} projects in one organization", flush=True)
    await execute(stage.admin_url, f"CREATE DATABASE {DATABASE} TEMPLATE {EMPTY}")
    rows = IDS + "SET session_replication_role = replica;" + ROWS.format(rows=BEHIND)
    await execute(stage.admin_url, rows, "VACUUM ANALYZE", database=DATABASE)
    return with_database(stage.url, DATABASE)


async def _somebody(url: str) -> dict[str, str]:
    """Let the owner of all of it in, and name one of each that a path names."""
    async with Platform.open(url) as platform:
        owner = await platform.users.find("user_1")
        await platform.users.mark_verified(owner.id)
        await platform.users.set_password(owner.id, PASSWORD)
        await platform.users.grant_admin(owner.id)
        await platform.users.send_password_reset(owner.id)
        hook = NewWebhookEndpoint(url="https://hooks.acme.example/freehold", events=("project.*",))
        endpoint = await platform.organizations.webhooks.create("large", hook)
        of_platform = await platform.webhooks.create(hook)
        project = await platform.projects.create("large", NewProject(name="Newest"))
        (delivery,) = (await platform.organizations.webhooks.list_deliveries("large", endpoint.id, PageRequest())).data
        (for_platform,) = (await platform.webhooks.list_deliveries(of_platform.id, PageRequest())).data
        mail = (await platform.mail.list(PageRequest())).data[0]
    return {
        "organization": "large",
        "project": str(project.id),
        "role": "member",
        "user": str(owner.id),
        "mail": str(mail.id),
        "endpoint": str(endpoint.id),
        "delivery": str(delivery.id),
        "endpoint of the platform": str(of_platform.id),
        "delivery of the platform": str(for_platform.id),
    }
