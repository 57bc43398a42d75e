"""Jobs forget what is over, but for rows that tables of yours refer to: these stay, and the job says which."""
# ruff: noqa: S608 - the SQL is made of this test's own names

from typing import Any, NamedTuple
from uuid import uuid4

import pytest

from freehold import Platform, StillReferenced
from freehold.data.forgetting import _MOST_NAMED
from freehold.data.jobs import Job
from freehold.platform import every_job

HASH = "decode(lpad(to_hex({n}), 64, '0'), 'hex')"
ID = "lpad(to_hex({n}), 32, '0')::uuid"
LONG_AGO = "now() - interval '200 days'"
LIVE = "now() + interval '200 days'"


class Kind(NamedTuple):
    """A table from which a job deletes.

    Attributes:
        job: its name.
        key: the primary key.
        row: the columns of a row and their values: n is its number, time when it is over.
        has_live: whether the job leaves a row whose time is to come.
    """

    job: str
    key: str
    row: dict[str, str]
    has_live: bool = True


KINDS = {
    "sessions": Kind(
        "sessions.drop_expired", "id", {"id": ID, "token_hash": HASH, "user_id": ID, "expires_at": "{time}"}
    ),
    "email_undos": Kind(
        "undoing.drop_expired",
        "token_hash",
        {"token_hash": HASH, "user_id": ID, "email": "'a@example.com'", "expires_at": "{time}"},
    ),
    "sign_in_budgets": Kind("backoff.drop_expired", "subject", {"subject": HASH, "expires_at": "{time}"}),
    "password_resets": Kind(
        "users.drop_expired_tokens", "user_id", {"user_id": ID, "token_hash": HASH, "expires_at": "{time}"}
    ),
    "used_tokens": Kind("users.drop_expired_tokens", "token_hash", {"token_hash": HASH, "used_at": "{time}"}),
    "email_verifications": Kind(
        "users.drop_expired_tokens",
        "user_id",
        {"user_id": ID, "email": "'a@example.com'", "token_hash": HASH, "expires_at": "{time}"},
    ),
    "api_keys": Kind(
        "forget-expired-api-keys",
        "id",
        {"id": ID, "user_id": ID, "name": "'ci'", "hint": "'abcd'", "key_hash": HASH, "expires_at": "{time}"},
    ),
    "slugs": Kind("slugs.drop_released", "slug", {"slug": "'old-{n}'", "organization_id": ID, "released_at": "{time}"}),
    "owner_offers": Kind(
        "organizations.drop_expired_owner_offers",
        "organization_id",
        {"organization_id": ID, "user_id": ID, "expires_at": "{time}"},
    ),
    "invitations": Kind(
        "organizations.drop_old_invitations",
        "organization_id, id",
        {
            "organization_id": ID,
            "id": ID,
            "email": "'a@example.com'",
            "role": "'member'",
            "token_hash": HASH,
            "expires_at": "{time}",
        },
    ),
    "mail_messages": Kind(
        "mail.drop_old",
        "id",
        {
            "id": ID,
            "recipient": "'a@example.com'",
            "subject": "'Hello'",
            "text_body": "''",
            "html_body": "''",
            "sent_at": "{time}",
        },
    ),
    "mail_budgets": Kind("mail.drop_ended_budgets", "subject", {"subject": HASH, "mails": "1", "ends_at": "{time}"}),
    "idempotent_answers": Kind(
        "idempotency.drop_expired",
        "key_hash",
        {"key_hash": HASH, "request_hash": HASH, "sealed_answer": "'x'", "expires_at": "{time}"},
    ),
    "signing_keys": Kind(
        "tokens.rotate_keys",
        "generation",
        {
            "generation": "{n}",
            "id": ID,
            "public_key": HASH,
            "private_key": HASH,
            "created_at": LONG_AGO,
            "signs_from": f"CASE WHEN {{n}} < 4 THEN {LONG_AGO} ELSE now() - interval '1 day' END",
        },
    ),
    "webhook_deliveries": Kind(
        "webhooks.drop_old",
        "id",
        {
            "id": ID,
            "endpoint_id": ID,
            "chain_id": ID,
            "sequence": "1",
            "event_id": ID,
            "action": "'project.create'",
            "created_at": "{time}",
        },
        has_live=False,
    ),
    "webhook_queues": Kind(
        "webhooks.drop_old", "endpoint_id, chain_id", {"endpoint_id": ID, "chain_id": ID}, has_live=False
    ),
}
DELETE_NOTHING_OF_YOURS = {
    "audit.settle",
    "audit.stream",
    "mail.deliver",
    "mail.count_waiting",
    "webhooks.count_waiting",
    "webhooks.deliver",  # a queue that cannot be dropped is logged, and keeps no other from being sent
    "organizations.purge",  # shown by test_still_referenced.py
    "limits.drop_ended",  # its table is unlogged, so no table that is kept can refer to it
}


def test_every_job_that_deletes_is_tried():
    assert {each.name for each in every_job()} == {kind.job for kind in KINDS.values()} | DELETE_NOTHING_OF_YOURS


def job_of(kind: Kind) -> Job:
    return next(each for each in every_job() if each.name == kind.job)


async def fill(connection: Any, table: str, kind: Kind) -> None:
    """Make three rows whose time is over, and one of which it is not; without what they refer to."""
    columns = ", ".join(kind.row)
    rows = ", ".join(
        f"({', '.join(each.format(n=n, time=LONG_AGO if n < 4 else LIVE) for each in kind.row.values())})"
        for n in ((1, 2, 3, 4) if kind.has_live else (1, 2, 3))
    )
    await connection.execute(
        "SET session_replication_role = replica;"
        f"INSERT INTO {table} ({columns}) VALUES {rows};"
        "RESET session_replication_role"
    )


async def refer(connection: Any, table: str, kind: Kind, rule: str, numbers: tuple[int, ...]) -> None:
    """Let a table of one's own refer to some of the rows."""
    columns = kind.key.split(", ")
    listed = ", ".join(f"(SELECT r.{each} FROM {table} r LIMIT 0) AS {each}" for each in columns)
    names = ", ".join(columns)
    await connection.execute(
        f"CREATE TABLE own AS SELECT {listed} LIMIT 0;"
        f"ALTER TABLE own ADD CONSTRAINT own_fkey FOREIGN KEY ({names}) REFERENCES {table} ({names}) {rule}"
    )
    for n in numbers:
        values = ", ".join(kind.row[each].format(n=n) for each in columns)
        await connection.execute(f"INSERT INTO own VALUES ({values})")


async def left(connection: Any, table: str, kind: Kind) -> set[int]:
    """The numbers of the rows that are there."""
    column = kind.key.split(", ")[-1]
    rows = await connection.fetch(
        " UNION ALL ".join(
            f"SELECT {n} AS n FROM {table} WHERE {column} = {kind.row[column].format(n=n)}" for n in range(1, 5)
        )
    )
    return {row["n"] for row in rows}


@pytest.mark.parametrize("rule", ["", "ON DELETE RESTRICT", "DEFERRABLE INITIALLY DEFERRED"])
@pytest.mark.parametrize("table", KINDS)
async def test_all_others_go_and_the_job_says_what_stays(platform: Platform, connection: Any, table: str, rule: str):
    kind = KINDS[table]
    live = {4} if kind.has_live else set()
    await fill(connection, table, kind)
    await refer(connection, table, kind, rule, (2, *live))
    for _ in range(2):
        with pytest.raises(StillReferenced) as told:
            await job_of(kind)(platform.context)
        assert await left(connection, table, kind) == {2} | live
        assert f"rows of {table} whose time is over stay, because rows of own refer to them" in told.value.detail
        key = await connection.fetchval(
            f"SELECT concat_ws(' ', {kind.key}) FROM {table} WHERE {kind.key.split(', ')[0]} = "
            + kind.row[kind.key.split(", ")[0]].format(n=2)
        )
        assert f"({key})" in told.value.detail
    await connection.execute("DROP TABLE own")
    await job_of(kind)(platform.context)
    assert await left(connection, table, kind) == live


async def test_rows_behind_those_that_go_along_keep_them(platform: Platform, connection: Any):
    kind = KINDS["sessions"]
    await fill(connection, "sessions", kind)
    await connection.execute(
        "CREATE TABLE visits (id int PRIMARY KEY, session_id uuid REFERENCES sessions ON DELETE CASCADE);"
        "CREATE TABLE clicks (visit_id int REFERENCES visits);"
        "INSERT INTO visits SELECT n, lpad(to_hex(n), 32, '0')::uuid FROM generate_series(1, 3) n;"
        "INSERT INTO clicks VALUES (3)"
    )
    with pytest.raises(StillReferenced, match="rows of clicks refer"):
        await job_of(kind)(platform.context)
    assert await left(connection, "sessions", kind) == {3, 4}
    assert await connection.fetchval("SELECT array_agg(id) FROM visits") == [3]


async def test_each_table_of_a_job_is_cleared_whatever_stays_in_another(platform: Platform, connection: Any):
    tables = [table for table, kind in KINDS.items() if kind.job == "users.drop_expired_tokens"]
    for table in tables:
        await fill(connection, table, KINDS[table])
    await refer(connection, "password_resets", KINDS["password_resets"], "", (1,))
    with pytest.raises(StillReferenced, match="rows of password_resets"):
        await job_of(KINDS["password_resets"])(platform.context)
    for table in tables:
        stays = {1, 4} if table == "password_resets" else {4}
        assert await left(connection, table, KINDS[table]) == stays


async def test_many_that_stay_are_named_in_part(platform: Platform, connection: Any):
    kind = KINDS["sessions"]
    await fill(connection, "sessions", kind)
    await connection.execute(
        "SET session_replication_role = replica;"
        f"INSERT INTO sessions (id, token_hash, user_id, expires_at) SELECT {ID.format(n='n')}, {HASH.format(n='n')}, "
        f"{ID.format(n='n')}, {LONG_AGO} FROM generate_series(5, 300) n;"
        "RESET session_replication_role;"
        "CREATE TABLE own (id uuid REFERENCES sessions);"
        "INSERT INTO own SELECT id FROM sessions WHERE token_hash > decode(lpad('1f', 64, '0'), 'hex')"
    )
    with pytest.raises(StillReferenced) as told:
        await job_of(kind)(platform.context)
    assert await connection.fetchval("SELECT count(*) FROM sessions") == 1 + await connection.fetchval(
        "SELECT count(*) FROM own"
    )
    assert told.value.detail.count("00000000-") == _MOST_NAMED
    assert ", ...)" in told.value.detail


def with_role(url: str, role: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}role={role}"


async def test_what_this_role_may_not_read_keeps_its_job_and_is_named(connection: Any, database_url: str):
    """Nobody could say then which rows stay."""
    kind = KINDS["sessions"]
    await fill(connection, "sessions", kind)
    await connection.execute("CREATE SCHEMA hidden; CREATE TABLE hidden.own (id uuid REFERENCES sessions)")
    await connection.execute(f"INSERT INTO hidden.own VALUES ({ID.format(n=2)})")
    role = f"poor_{uuid4().hex[:12]}"
    await connection.execute(
        f"CREATE ROLE {role}; GRANT ALL ON ALL TABLES IN SCHEMA public TO {role};"
        f"GRANT USAGE ON SCHEMA freehold_migrate TO {role};"
        f"GRANT SELECT ON ALL TABLES IN SCHEMA freehold_migrate TO {role}"
    )
    try:
        async with Platform.open(with_role(database_url, role)) as poor:
            with pytest.raises(StillReferenced, match="rows of own"):
                await job_of(kind)(poor.context)
    finally:
        await connection.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")
    assert await left(connection, "sessions", kind) == {1, 2, 3, 4}
