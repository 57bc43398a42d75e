"""What administrators of the platform see of its mail, its growth, its health, and its database."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from tests.mail.letters import letters_to

from freehold import PageRequest, Platform, Settings
from freehold.base.ids import first_id, new_id
from freehold.console.charts import HEIGHT, WIDTH, Bar, columns, rows
from freehold.console.platform_growth import requests_of
from freehold.counting import Counting, families
from freehold.migrate.files import builtin
from freehold.observe.access_log import Line
from freehold.observe.shared_metrics import SharedMetrics
from freehold.serve.application import ENDPOINTS, create_application
from freehold.web.recording import RequestMetrics
from freehold.web.recording import families as of_requests

MOST_BYTES = 50 * 1024
TOKEN = re.compile(r"fh[a-z]?_[A-Za-z0-9_-]{51}")


async def test_mails_are_found_by_state_and_read_without_their_tokens(
    root: httpx.AsyncClient, platform: Platform, connection: Any
):
    letter = (await letters_to(platform, "root@example.com"))[-1]
    assert TOKEN.search(letter.text), "the operator sees the link"
    shown = (await root.get(f"/platform/mail/{letter.id}")).text
    assert letter.subject in shown
    assert "fhv_[hidden]" in shown
    assert not TOKEN.search(shown)
    assert letter.subject in (await root.get("/platform/mail", params={"state": "waiting"})).text
    assert "No mail is in this state." in (await root.get("/platform/mail", params={"state": "failed"})).text
    await connection.execute(
        "UPDATE mail_messages SET failed_at = now(), last_error = 'No <b>such</b> mailbox', text_body = ''"
    )
    failed = (await root.get("/platform/mail", params={"state": "failed"})).text
    assert letter.subject in failed
    assert "No &lt;b&gt;such&lt;/b&gt; mailbox" in failed
    assert letter.subject not in (await root.get("/platform/mail", params={"state": "waiting"})).text
    assert "The text was removed" in (await root.get(f"/platform/mail/{letter.id}")).text
    assert (await root.get(f"/platform/mail/{new_id()}")).status_code == 404


async def test_no_list_of_mails_shows_an_administrator_a_token(root: httpx.AsyncClient, platform: Platform):
    user = await platform.users.find("root")
    actor = (await platform.authenticate(root.cookies["freehold"])).context.actor
    assert actor is not None
    assert actor.user_id == user.id
    admin = platform.acting_as(actor)
    listed = (await admin.mail.list(PageRequest())).data
    read = [await admin.mail.get(each.id) for each in listed]
    assert listed
    assert not TOKEN.search("".join(each.text for each in (*listed, *read)))


async def test_migrations_are_shown_with_drift_and_backups(
    root: httpx.AsyncClient, connection: Any, platform: Platform
):
    shown = (await root.get("/platform/migrations")).text
    assert "Up to date" in shown
    assert "core" in shown
    assert "There is no backup in" in shown
    await connection.execute("CREATE TABLE left_over (id int)")
    drifted = (await root.get("/platform/migrations")).text
    assert "left_over" in drifted
    assert "Something differs" in drifted
    assert str(platform.context.tools.settings.backups_dir) in shown


async def test_health_says_what_doctor_finds(root: httpx.AsyncClient, connection: Any):
    await connection.execute("CREATE TABLE left_over (id int)")
    shown = (await root.get("/platform/health")).text
    assert "left_over" in shown
    assert "checks" in shown


async def test_data_model_is_read_from_the_database_as_it_is_now(root: httpx.AsyncClient, connection: Any):
    await connection.execute(
        "CREATE TABLE invoices (id int PRIMARY KEY, organization_id uuid REFERENCES organizations (id))"
    )
    await connection.execute("COMMENT ON TABLE invoices IS 'What <b>is</b> owed.'")
    pages = {
        name: (await root.get("/platform/data-model", params={"section": name})).text
        for name in ("entities", "relationships", "tables", "rules", "queries", "migration")
    }
    for name in ("entities", "relationships", "tables"):
        assert "invoices" in pages[name], name
    assert "What &lt;b&gt;is&lt;/b&gt; owed." in pages["entities"]
    one = (await root.get("/platform/data-model", params={"section": "tables", "table": "invoices"})).text
    assert "FOREIGN KEY" in one
    assert "What &lt;b&gt;is&lt;/b&gt; owed." in one
    assert (await root.get("/platform/data-model?section=tables&table=none")).status_code == 404
    assert 'href="/platform/data-model?section=tables&amp;table=invoices"' in pages["entities"]
    assert 'class="model-diagram"' in pages["relationships"]
    assert "username" in pages["rules"]
    assert builtin().migrations[-1].version in pages["migration"]
    for name, shown in pages.items():
        assert len(shown) <= MOST_BYTES, name
        assert "<style" not in shown, name
        assert " style=" not in shown, name
    assert (await root.get("/platform/data-model", params={"section": "none"})).status_code == 404


async def test_growth_counts_who_joined_and_who_is_active(root: httpx.AsyncClient, connection: Any):
    before = datetime.now(UTC) - timedelta(days=3)
    ids = [first_id(before), first_id(datetime.now(UTC) - timedelta(days=40))]
    for n, each in enumerate(ids):
        await connection.execute(
            "INSERT INTO users (id, username, email, password_hash) VALUES ($1, $2, $3, '!')",
            each,
            f"old{n}",
            f"old{n}@example.com",
        )
    shown = (await root.get("/platform/growth")).text
    assert "2 joined in 30 days" in shown
    assert f'<th scope="row">{before.day} {before:%b}</th><td>1</td>' in shown
    assert '<th scope="row">24 hours</th>' in shown
    assert "Requests are counted when metrics are" in shown


async def test_requests_are_added_up_over_routes_and_workers(root: httpx.AsyncClient, platform: Platform):
    metrics = SharedMetrics(of_requests(ENDPOINTS), processes=2)
    for index in range(2):
        seconds = [0.0004] * 49 + [0.2]
        lines = [Line(0, "", "GET", "/healthz", 200, each, None) for each in seconds]
        RequestMetrics(metrics, index).count([*lines, Line(0, "", "GET", "/v1/users", 403, 0.0004, None)])
    found = requests_of(metrics)
    assert found is not None
    assert (found.total, found.by_status) == (102, {"2": 100, "3": 0, "4": 2, "5": 0})
    assert found.within(0.5) == "0.51 ms"
    assert found.within(0.99) == "174 ms"
    platform.context.tools.observer.requests = metrics
    shown = (await root.get("/platform/growth")).text
    assert "102 since this server was started" in shown
    assert '<th scope="row">100 ms to 250 ms</th>' in shown


def test_server_that_counts_lets_its_administrators_see():
    settings = Settings(database_url="postgresql://nobody@localhost/none", metrics_token="t" * 20)
    observer = Counting(SharedMetrics(families()), slow_seconds=1)
    create_application(settings, observer=observer)
    assert observer.requests is not None


@pytest.mark.parametrize("numbers", [[], [0], [0, 0, 0], [1], [5, 0, 1000000]])
def test_chart_has_a_bar_for_each_number_and_none_higher_than_it_is(numbers: list[int]):
    bars = [Bar(str(n), n) for n in numbers]
    chart = columns("All", bars)
    assert [0 < length <= WIDTH for length in rows("All", bars).lengths] == [number > 0 for number in numbers]
    assert len(chart.shapes) == len(numbers)
    for number, (x, y, width, height) in zip(numbers, chart.shapes, strict=True):
        assert x >= 0
        assert x + width <= WIDTH
        assert y >= 0
        assert y + height <= HEIGHT
        assert (height > 0) == (number > 0)
