"""Each fault that an examination looks for, made on a real database, is found; and a healthy one has none."""

import asyncio
import os
import shutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from freehold import NewOrganization, NewWebhookEndpoint, Platform, Settings
from freehold.audit.types import AuditHead
from freehold.data.db import connect
from freehold.doctor import queries, surroundings
from freehold.doctor.examination import Patient
from freehold.doctor.examining import AT_ONCE, CHECKS, examine
from freehold.migrate import backup as backups

EVERYWHERE = "0.0.0.0"  # noqa: S104 - nothing is bound
FAR = "postgresql://freehold@db.example.com/freehold"


def settings(tmp_path: Path, **given: Any) -> Settings:
    return Settings(database_url="postgresql:///", workers=1, backups_dir=tmp_path / "backups", **given)


Examined = Callable[..., Any]


@pytest.fixture
def found(database_url: str, tmp_path: Path) -> Examined:
    """Make one check on the test's database, and give what it finds as (severity, what it says)."""

    @asynccontextmanager
    async def patient(
        heads: list[AuditHead], url: str, server: dict[str, Any], given: dict[str, Any]
    ) -> AsyncIterator[Patient]:
        db = await connect(database_url, size=1)
        try:
            real = await queries.server(db)
            yield Patient(
                settings=settings(tmp_path, **given),
                url=url,
                db=db,
                server=msgspec.structs.replace(real, **server),
                heads=heads,
            )
        finally:
            await db.close()

    async def make(
        check: str,
        *,
        heads: list[AuditHead] | None = None,
        url: str = database_url,
        server: dict[str, Any] | None = None,
        **given: Any,
    ) -> list[tuple[str, str]]:
        async with patient(heads or [], url, server or {}, given) as examined:
            return [(each.severity, each.says) async for each in CHECKS[check](examined)]

    return make


async def test_healthy_installation_has_no_error(database_url: str, tmp_path: Path):
    diagnosis = await examine(database_url, settings(tmp_path))
    errors = [each for each in diagnosis.findings if each.severity == "error"]
    assert [each for each in errors if each.check != "durability"] == []  # the tests' own server gives that up
    assert diagnosis.healthy == (not errors)
    assert diagnosis.checks == ["reachable", *CHECKS]


async def test_database_out_of_reach_is_the_one_finding(tmp_path: Path):
    diagnosis = await examine("postgresql://freehold:hidden@127.0.0.1:1/freehold", settings(tmp_path))
    assert [(each.check, each.severity) for each in diagnosis.findings] == [("reachable", "error")]
    assert b"hidden" not in msgspec.json.encode(diagnosis)
    assert not diagnosis.healthy


async def test_database_without_the_schema_is_examined_as_far_as_it_can_be(empty_database_url: str, tmp_path: Path):
    diagnosis = await examine(empty_database_url, settings(tmp_path))
    assert not diagnosis.healthy
    assert "are not applied" in next(each.says for each in diagnosis.findings if each.check == "schema")
    assert {"privileges", "integrity", "mail", "administrators"} <= diagnosis.skipped.keys()
    assert {"version", "durability", "clock", "disk"} <= set(diagnosis.checks)


@pytest.mark.parametrize(
    ("check", "server", "severity", "says"),
    [
        ("version", {"version": 130_014}, "error", "PostgreSQL 13"),
        ("version", {"version": 190_000}, "error", "PostgreSQL 19"),
        ("version", {"in_recovery": True}, "error", "replica"),
        ("durability", {"fsync": "off"}, "error", "fsync is off"),
        ("durability", {"full_page_writes": "off"}, "error", "full_page_writes is off"),
        ("durability", {"checksums": "off"}, "note", "checksums"),
        ("connections", {"max_connections": 10}, "warning", "room for 7"),
        ("clock", {"now_epoch": 0.0}, "warning", "seconds apart"),
    ],
)
async def test_server_that_is_not_as_it_should_be(
    found: Examined, check: str, server: dict[str, Any], severity: str, says: str
):
    good = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "checksums": "on"}
    assert await found(check, server=good | {"version": 160_001, "max_connections": 100}) == []
    answered = await found(check, server=good | {"version": 160_001, "max_connections": 100} | server)
    assert [severity for severity, _ in answered] == [severity]
    assert says in answered[0][1]


async def test_acknowledged_writes_that_a_crash_loses(found: Examined, connection: Any):
    name = await connection.fetchval("SELECT current_database()")
    await connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    assert ("error", "synchronous_commit is off: a crash loses the last writes that were answered with success") in (
        await found("durability")
    )


@pytest.mark.parametrize(
    ("query", "encrypted", "severities"),
    [
        ("", False, ["error"]),
        ("", True, ["warning"]),
        ("?sslmode=require", True, ["warning"]),
        ("?sslmode=verify-full", True, []),
    ],
)
async def test_connection_that_others_can_read(found: Examined, query: str, encrypted: bool, severities: list[str]):  # noqa: FBT001 - of the table above
    answered = await found("encryption", url=FAR + query, server={"encrypted": encrypted})
    assert [severity for severity, _ in answered] == severities


@pytest.mark.parametrize("host", ["", "localhost", "127.0.0.1", "[::1]"])
async def test_connection_on_this_machine_needs_no_encryption(found: Examined, host: str):
    assert await found("encryption", url=f"postgresql://{host}/freehold", server={"encrypted": False}) == []


async def test_schema_that_was_changed_by_hand(found: Examined, connection: Any):
    assert await found("schema") == []
    await connection.execute("ALTER TABLE projects ADD COLUMN by_hand integer")
    (answered,) = await found("schema")
    assert answered[0] == "warning"
    assert "by_hand" in answered[1]


async def test_migration_that_is_missing(found: Examined, connection: Any):
    await connection.execute(
        "DELETE FROM freehold_migrate.applied WHERE version = (SELECT max(version) FROM freehold_migrate.applied)"
    )
    assert [severity for severity, says in await found("schema") if "are not applied" in says] == ["error"]


@pytest.mark.parametrize(
    ("fault", "severity", "says"),
    [
        (
            "ALTER TABLE users ADD CONSTRAINT odd_check CHECK (username <> 'x') NOT VALID",
            "warning",
            "odd_check of users was never validated",
        ),
        (
            (
                "CREATE INDEX half_idx ON users (first_name); UPDATE pg_index SET indisvalid = false "
                "WHERE indexrelid = 'half_idx'::regclass"
            ),
            "warning",
            "half_idx was never finished",
        ),
        ("ALTER TABLE sessions DISABLE TRIGGER ALL", "error", "Triggers of sessions are disabled"),
    ],
)
async def test_rules_that_do_not_hold(found: Examined, connection: Any, fault: str, severity: str, says: str):
    assert await found("integrity") == []
    await connection.execute(fault)
    (answered,) = await found("integrity")
    assert answered[0] == severity
    assert says in answered[1]


async def test_organization_whose_owner_left_behind_the_constraints(
    found: Examined, connection: Any, platform: Platform, sign_up: Any
):
    ada = await sign_up("ada")
    acme = await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Acme"))
    await connection.execute("SET session_replication_role = replica; DELETE FROM organization_members")
    assert await found("integrity") == [("error", f"The owner of the organization {acme.id} is not one of its members")]


async def test_audit_log_that_was_rewritten(found: Examined, connection: Any, platform: Platform, sign_up: Any):
    await sign_up("ada")
    heads = list(await platform.audit.heads())
    assert heads
    assert await found("audit", heads=heads) == []
    await connection.execute("UPDATE audit_events SET hash = sha256('other') WHERE chain_id = $1", heads[0].chain_id)
    (answered,) = await found("audit", heads=heads)
    assert answered[0] == "error"
    assert str(heads[0].chain_id) in answered[1]


async def test_audit_log_that_nobody_keeps_the_end_of(found: Examined):
    assert [severity for severity, _ in await found("audit")] == ["note"]


@pytest.mark.usefixtures("client_programs")
async def test_backups_and_their_age_and_proof(
    found: Examined, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    assert "no backup" in (await found("stored_backups"))[0][1]
    taken = await backups.create(database_url, tmp_path / "backups")
    assert [says.split(" proved")[0] for _, says in await found("stored_backups")] == ["No backup was ever"]
    backups.note_proof(taken)
    assert await found("stored_backups") == []
    later = datetime.now(UTC) + timedelta(days=40)
    monkeypatch.setattr(surroundings, "datetime", SimpleNamespace(now=lambda _zone: later))
    assert [says.split(",")[0].split(" no ")[0] for _, says in await found("stored_backups")] == [
        "The newest backup",
        "For 40 days",
    ]


@pytest.mark.usefixtures("client_programs")
async def test_proof_of_another_backup_is_none(database_url: str, tmp_path: Path):
    taken = await backups.create(database_url, tmp_path)
    backups.note_proof(msgspec.structs.replace(taken, seal="0" * 64))
    assert backups.proved_at(taken) is None


@pytest.mark.parametrize(("free", "severities"), [(50, []), (9, ["warning"]), (1, ["error"])])
async def test_disk_that_is_full(found: Examined, monkeypatch: pytest.MonkeyPatch, free: int, severities: list[str]):
    usage = SimpleNamespace(total=100 << 20, free=free << 20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    assert [severity for severity, _ in await found("disk")] == severities


async def test_mails_that_reach_nobody(found: Examined, connection: Any):
    given = {"smtp_url": "smtp://localhost", "mail_from": "a@example.com"}
    assert await found("mail", **given) == []
    assert [severity for severity, _ in await found("mail")] == ["warning"]
    put = (
        "INSERT INTO mail_messages (recipient, subject, text_body, html_body, failed_at, next_attempt_at) "
        "VALUES ('a@example.com', 'x', '', '', $1, now() - interval '2 hours')"
    )
    await connection.execute(put, datetime.now(UTC))
    await connection.execute(put, None)
    assert await found("mail", **given) == [
        ("warning", "1 mails were given up"),
        ("error", "1 mails have been waiting for more than an hour"),
    ]


async def test_webhooks_that_fail_or_that_nobody_sends(
    found: Examined, connection: Any, platform: Platform, sign_up: Any
):
    ada = await sign_up("ada")
    acme = await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Acme"))
    new = NewWebhookEndpoint(url="https://hooks.acme.example/", events=("*",))
    own, other = [await platform.organizations.webhooks.create(acme.id, new) for _ in range(2)]
    of_platform = await platform.webhooks.create(new)
    assert await found("webhooks") == []
    put = "UPDATE webhook_endpoints SET failing_since = now() - $2::text::interval, status = $3 WHERE id = $1"
    await connection.execute(put, own.id, "3 days", "enabled")
    await connection.execute(put, other.id, "23 hours", "enabled")
    await connection.execute(put, of_platform.id, "1 hour", "disabled")
    assert await found("webhooks") == [
        ("warning", f"The webhook endpoint {own.id} of acme has failed for 3 days"),
        (
            "warning",
            f"The webhook endpoint {of_platform.id} of the platform is switched off: it answered nothing but failures",
        ),
    ]
    await connection.execute("UPDATE webhook_endpoints SET failing_since = NULL")  # disabled by a person
    assert await found("webhooks") == []
    for waits, says in (
        ("9 minutes", None),
        ("11 minutes", "Webhooks have been due for 11 minutes, and nobody sends them"),
        ("5 hours", "Webhooks have been due for 5 hours, and nobody sends them"),
        ("-infinity", None),
    ):
        due = "'infinity'" if waits == "-infinity" else f"now() - interval '{waits}'"
        await connection.execute(f"UPDATE webhook_queues SET due_at = {due}")  # noqa: S608 - of the table above
        assert await found("webhooks") == ([("error", says)] if says else [])


@pytest.mark.parametrize(
    ("given", "severities"),
    [
        ({}, []),
        ({"public_url": "https://id.example.com", "trusted_proxies": "1"}, []),
        ({"public_url": "https://id.example.com"}, ["error"]),
        ({"public_url": "http://id.example.com", "trusted_proxies": "1"}, ["error"]),
        ({"public_url": "https://id.example.com", "trusted_proxies": "1", "host": EVERYWHERE}, ["warning"]),
        ({"public_url": "https://id.example.com", "trusted_proxies": "10.0.0.0/8", "host": EVERYWHERE}, []),
    ],
)
async def test_proxies_that_hide_or_invent_addresses(found: Examined, given: dict[str, str], severities: list[str]):
    assert [severity for severity, _ in await found("proxies", **given)] == severities


async def test_platform_that_nobody_administers(found: Examined, connection: Any):
    assert [severity for severity, _ in await found("administrators")] == ["note"]
    await connection.execute(
        "INSERT INTO users (id, username, email, password_hash, is_admin) "
        "VALUES ($1, 'ada', 'a@example.com', '!', true)",
        uuid4(),
    )
    assert await found("administrators") == []


async def test_one_check_that_fails_stops_no_other(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    async def broken(patient: Patient) -> AsyncIterator[Any]:
        if len(patient.heads) == 0:
            raise PermissionError("no such luck")
        yield None

    monkeypatch.setitem(CHECKS, "clock", broken)
    diagnosis = await examine(database_url, settings(tmp_path))
    assert diagnosis.skipped == {"clock": "no such luck"}
    assert not diagnosis.healthy
    assert "administrators" in diagnosis.checks


async def test_no_check_waits_for_the_connection_of_another(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Whoever waits for one is skipped after five seconds, and a check of a large database takes longer."""
    begun: list[int] = [0, 0]

    async def counting(patient: Patient) -> AsyncIterator[Any]:
        begun[0] += 1
        begun[1] = max(begun)
        async with patient.db.snapshot():
            await asyncio.sleep(0)
        begun[0] -= 1
        if begun[0] < 0:
            yield None

    for name in CHECKS:
        monkeypatch.setitem(CHECKS, name, counting)
    assert (await examine(database_url, settings(tmp_path))).skipped == {}
    assert begun == [0, AT_ONCE]


@pytest.mark.parametrize(
    ("given", "severity", "says"),
    [
        ({}, "note", "not with breached ones"),
        ({"password_rules": "length"}, "warning", "length alone, and breached ones are not refused"),
        ({"breached_passwords": Path("nothing")}, "error", "FREEHOLD_BREACHED_PASSWORDS"),
        ({"breached_passwords": Path("new")}, "note", "which are 3 days old"),
        ({"breached_passwords": Path("old")}, "warning", "which are 500 days old"),
        ({"breached_passwords": Path("ranges")}, "warning", "lacks 1,048,574 of 1,048,576 ranges"),
    ],
)
async def test_breached_passwords_that_are_missing_or_old(
    found: Examined, tmp_path: Path, given: dict[str, Any], severity: str, says: str
):
    for name, days in (("new", 3), ("old", 500)):
        (tmp_path / name).write_text(f"{'0' * 40}:1\n")
        seconds = time.time() - days * 86_400 - 60
        os.utime(tmp_path / name, (seconds, seconds))
    (tmp_path / "ranges").mkdir()
    for name in ("00000", "ABCDE.txt"):
        (tmp_path / "ranges" / name).write_text(f"{'0' * 35}:1\n")
    if "breached_passwords" in given:
        given = {"breached_passwords": tmp_path / given["breached_passwords"]}
    told = await found("new_passwords", **given)
    assert told[0][0] == severity
    assert says in told[0][1]
