"""Every event is chained to the one before it, and a row that was touched afterwards is found and named."""
# ruff: noqa: S608 - the SQL is made of this test's own values

import asyncio
import hashlib
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from freehold import AuditHead, Finding, NewOrganization, NewProject, Platform, User
from freehold.access import Action
from freehold.audit.operations import erase_addresses
from freehold.audit.recording import record
from freehold.base.ids import new_id
from freehold.data.sql import STATEMENTS

VICTIM = 42
"""The sequence of the event that is touched, in a chain of 100."""


def brief(findings: list[Finding]) -> list[tuple[UUID, int, UUID | None, str]]:
    return [(found.chain_id, found.sequence, found.event_id, found.problem) for found in findings]


async def fill(connection: Any, organization_ids: list[UUID], events: int) -> None:
    """Write events with the statement of the application, in all chains by turns."""
    bound = STATEMENTS["freehold.audit.insert"]
    rows = [
        {
            "chain_id": organization_ids[number % len(organization_ids)],
            "id": new_id(),
            "organization_id": organization_ids[number % len(organization_ids)],
            "actor_id": None,
            "key_id": None,
            "action": "project.create",
            "target_type": "project",
            "target_id": None,
            "details": json.dumps({"name": f'Nº {number}: "quoted", \\ and \u0001', "flags": ["a"], "on": True}),
            "request_id": None,
            "ip": f"192.0.2.{number % 256}" if number % 3 else None,
        }
        for number in range(events)
    ]
    await connection.executemany(bound.sql, [[row[name] for name in bound.parameters] for row in rows])


@pytest.mark.parametrize(("chains", "events"), [(25, 1_200), pytest.param(100, 10_000, marks=pytest.mark.long)])
async def test_row_touched_in_any_way_is_found(platform: Platform, connection: Any, chains: int, events: int):
    organizations = sorted(uuid4() for _ in range(chains))
    chain = organizations[17]
    await fill(connection, organizations, events)
    whole = await platform.audit.verify()
    assert (whole.chains, whole.events, whole.found) == (chains, events, 0)
    (head,) = await platform.audit.heads(chain_id=chain)
    ids = {
        row[0]: row[1]
        for row in await connection.fetch("SELECT sequence, id FROM audit_events WHERE chain_id = $1", chain)
    }
    place = f"chain_id = '{chain}' AND sequence = {VICTIM}"

    async def after(*tampering: str, of: UUID | None = None) -> list[tuple[UUID, int, UUID | None, str]]:
        transaction = connection.transaction()
        await transaction.start()
        try:
            for statement in tampering:
                assert await connection.execute(statement) in {"UPDATE 1", "DELETE 1", "INSERT 0 1"}, statement
            return brief((await platform.within(connection).audit.verify(chain_id=of)).findings)
        finally:
            await transaction.rollback()

    victim = (chain, VICTIM, ids[VICTIM])
    for altered in (
        """details = '{"name": "forged"}'""",
        "action = 'project.delete'",
        "actor_id = gen_random_uuid()",
        "created_at = created_at + interval '1 microsecond'",
        "request_id = ''",
        "target_id = id",
        "key_id = id",
        "ip_digest = sha256('forged')",
        "hash = sha256('forged')",
        "previous_hash = sha256('forged')",
    ):
        found = await after(f"UPDATE audit_events SET {altered} WHERE {place}", of=chain)
        assert found == [(*victim, "altered")], altered
    # An address is not in the hash itself, so that it can be erased; another in its place is found all the same.
    assert await after(f"UPDATE audit_events SET ip = '198.51.100.1' WHERE {place}") == [(*victim, "altered")]

    assert await after(f"DELETE FROM audit_events WHERE {place}") == [(chain, VICTIM, None, "removed")]
    assert await after(f"DELETE FROM audit_events WHERE chain_id = '{chain}' AND sequence = {head.sequence}") == [
        (chain, head.sequence, None, "removed")
    ]
    swapped = await after(
        f"UPDATE audit_events SET sequence = 1000000 WHERE {place}",
        f"UPDATE audit_events SET sequence = {VICTIM} WHERE chain_id = '{chain}' AND sequence = {VICTIM + 1}",
        f"UPDATE audit_events SET sequence = {VICTIM + 1} WHERE chain_id = '{chain}' AND sequence = 1000000",
    )
    assert swapped == [(chain, VICTIM, ids[VICTIM + 1], "moved"), (chain, VICTIM + 1, ids[VICTIM], "moved")]
    copy = (
        "INSERT INTO audit_events (chain_id, sequence, organization_id, action, target_type, previous_hash, hash) "
        f"SELECT chain_id, {head.sequence + 1}, organization_id, action, target_type, hash, sha256('forged') "
        f"FROM audit_events WHERE chain_id = '{chain}' AND sequence = {head.sequence}"
    )
    (inserted, beyond) = await after(copy, of=chain)
    assert (inserted[:2], inserted[3]) == ((chain, head.sequence + 1), "altered")
    assert (beyond[:2], beyond[3]) == ((chain, head.sequence + 1), "inserted")
    assert await after(f"UPDATE audit_heads SET hash = sha256('forged') WHERE chain_id = '{chain}'", of=chain) == [
        (chain, head.sequence, ids[head.sequence], "replaced")
    ]
    assert await after(f"DELETE FROM audit_heads WHERE chain_id = '{chain}'", of=chain) == [
        (chain, head.sequence, ids[head.sequence], "inserted")
    ]
    lonely = organizations[0]
    async with connection.transaction():
        await connection.execute("DELETE FROM audit_events WHERE chain_id = $1", lonely)
    assert brief((await platform.audit.verify()).findings) == [(lonely, 1, None, "removed")]


async def test_kept_head_shows_a_chain_that_was_rewritten_to_its_end(platform: Platform, connection: Any):
    chain = uuid4()
    await fill(connection, [chain], 5)
    (kept,) = await platform.audit.heads()
    await fill(connection, [chain], 1)
    assert (await platform.audit.verify(expected=[kept])).found == 0
    await connection.execute("DELETE FROM audit_events")
    await connection.execute("DELETE FROM audit_heads")
    await fill(connection, [chain], 6)
    assert (await platform.audit.verify()).found == 0
    report = await platform.audit.verify(expected=[kept])
    assert [(f.sequence, f.problem) for f in report.findings] == [(5, "replaced")]
    missing = AuditHead(chain, 7, kept.hash)
    assert [(f.sequence, f.problem) for f in (await platform.audit.verify(expected=[missing])).findings] == [
        (7, "removed")
    ]


async def test_row_that_is_sound_by_itself_is_found_by_its_neighbour(platform: Platform, connection: Any):
    """The forger computes the hash anew for the row, and not for all that follow."""
    chain = uuid4()
    await fill(connection, [chain], 3)
    parts = await connection.fetchrow(
        "SELECT chain_id::text, id::text, organization_id::text, 'project.delete' AS action, target_type, "
        "details::text AS details, encode(ip_digest, 'hex') AS ip_digest, previous_hash, "
        "(extract(epoch FROM created_at) * 1000000)::bigint::text AS created FROM audit_events WHERE sequence = 2"
    )
    texts = [
        parts["chain_id"],
        parts["id"],
        parts["organization_id"],
        None,
        None,
        parts["action"],
        parts["target_type"],
        None,
        parts["details"],
        None,
        parts["ip_digest"],
        parts["created"],
    ]
    rendered = ",".join("-" if text is None else f"{len(text.encode())}:{text}" for text in texts)
    digest = hashlib.sha256(rendered.encode()).digest()
    forged = hashlib.sha256(parts["previous_hash"] + (2).to_bytes(8, "big") + digest).digest()
    await connection.execute("UPDATE audit_events SET action = 'project.delete', hash = $1 WHERE sequence = 2", forged)
    assert [(f.sequence, f.problem) for f in (await platform.audit.verify()).findings] == [(2, "replaced")]


async def test_erasing_addresses_leaves_every_chain_whole(platform: Platform, connection: Any):
    user_id = uuid4()
    context = platform.acting_as(user_id).context

    async def write(transaction: Any) -> None:
        inner = type(context)(db=transaction, tools=context.tools, actor=context.actor, ip="192.0.2.7")
        await record(inner, Action.PROJECT_CREATE, uuid4(), organization_id=uuid4())
        await erase_addresses(inner, user_id)

    await context.db.transact(write)
    row = await connection.fetchrow("SELECT ip, ip_salt, ip_digest FROM audit_events")
    assert (row["ip"], row["ip_salt"]) == (None, None)
    assert row["ip_digest"] is not None
    assert (await platform.audit.verify()).found == 0


async def test_unrelated_organizations_do_not_wait_for_each_other(platform: Platform):
    first, second = uuid4(), uuid4()
    context = platform.context
    held, done = asyncio.Event(), asyncio.Event()

    async def hold(transaction: Any) -> None:
        await record(
            type(context)(db=transaction, tools=context.tools), Action.PROJECT_CREATE, None, organization_id=first
        )
        held.set()
        await done.wait()

    async def write(transaction: Any) -> None:
        await record(
            type(context)(db=transaction, tools=context.tools), Action.PROJECT_CREATE, None, organization_id=second
        )

    holding = asyncio.create_task(context.db.transact(hold))
    await held.wait()
    try:
        async with asyncio.timeout(10):
            await context.db.transact(write)
    finally:
        done.set()
        await holding


async def test_fifty_writers_of_one_organization_make_one_chain(
    platform: Platform, sign_up: Callable[[str], Awaitable[User]]
):
    ada = await sign_up("ada")
    acting = platform.acting_as(ada.id)
    acme = await acting.organizations.create(NewOrganization(name="Acme"))
    await asyncio.gather(*(acting.projects.create(acme.id, NewProject(name=f"P{n}")) for n in range(50)))
    (head,) = await platform.audit.heads(chain_id=acme.id)
    assert head.sequence == 51
    assert (await platform.audit.verify()).found == 0


async def test_change_that_is_undone_leaves_no_gap(platform: Platform, sign_up: Callable[[str], Awaitable[User]]):
    ada = await sign_up("ada")
    acting = platform.acting_as(ada.id)
    acme = await acting.organizations.create(NewOrganization(name="Acme"))

    class Undone(Exception):
        pass

    async def work(transaction: Any) -> None:
        await acting.within(transaction.connection).projects.create(acme.id, NewProject(name="One"))
        raise Undone

    with pytest.raises(Undone):
        await platform.context.db.transact(work)
    await acting.projects.create(acme.id, NewProject(name="Two"))
    report = await platform.audit.verify()
    assert report.found == 0
    assert (await platform.audit.heads(chain_id=acme.id))[0].sequence == 2


async def test_export_is_checked_by_the_program_of_the_reference(platform: Platform, connection: Any):
    await fill(connection, [uuid4(), uuid4()], 7)
    page = (Path(__file__).parents[2] / "docs" / "reference" / "audit-log.md").read_text(encoding="utf-8")
    program = page.partition("```python\n")[2].partition("```")[0]
    lines: list[bytes] = []
    assert await platform.audit.export(lines.append) == 7

    def check(export: bytes) -> "subprocess.CompletedProcess[bytes]":
        return subprocess.run([sys.executable, "-c", program], input=export, capture_output=True, check=False)

    whole = check(b"".join(lines))
    assert whole.stdout.decode().split() == [str(head) for head in await platform.audit.heads()]
    assert check(b"".join(lines).replace(b"project.create", b"project.delete", 1)).returncode == 1
    assert check(b"".join(lines[1:])).returncode == 1


async def test_chain_of_events_from_before_is_made_by_the_migration(database_url: str):
    """Rows as version 2 of the schema had them are chained when version 3 comes."""
    from freehold import migrate  # noqa: PLC0415 - this test alone goes back

    await migrate.down(database_url, sets=[migrate.builtin()], to="0002")
    connection = await asyncpg.connect(database_url)
    try:
        chain, user_id = uuid4(), uuid4()
        await connection.executemany(
            "INSERT INTO audit_events "
            "(organization_id, actor_id, action, target_type, target_id, details, ip, created_at) "
            "VALUES ($1, $2, 'user.update', 'user', $3, $4, $5, now() - $6 * interval '1 hour')",
            [
                (chain, user_id, None, '{"a": "ü"}', "2001:db8::1", 3),
                (chain, None, None, "{}", None, 2),
                (None, user_id, user_id, "{}", "192.0.2.1", 1),
                (None, None, None, "{}", None, 0),
            ],
        )
    finally:
        await connection.close()
    await migrate.apply(database_url, sets=[migrate.builtin()])
    async with Platform.open(database_url) as platform:
        report = await platform.audit.verify()
        assert (report.chains, report.events, report.found) == (3, 4, 0)
        assert [(h.chain_id, h.sequence) for h in await platform.audit.heads()] == sorted(
            [(UUID(int=0), 1), (chain, 2), (user_id, 1)]
        )
