"""What a file sets, opens or takes ends with the file; and a transaction can be of the kind that the file asks for."""

import asyncio
import re
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from freehold.migrate import gate, runner
from freehold.migrate.errors import ConnectError, StepError
from freehold.migrate.files import MigrationSet
from freehold.migrate.rehearse import rehearse
from freehold.migrate.reverse import Prospect, down

Writer = Callable[..., Path]
Query = Callable[..., list[tuple[object, ...]]]
Execute = Callable[[str], None]


@pytest.fixture
def role(database_name: str, execute: Execute) -> Iterator[str]:
    """A role that may make tables, and knows nothing of the engine's journal."""
    name = f"guest_{secrets.token_hex(6)}"
    execute(
        f"CREATE ROLE {name}; GRANT CREATE ON SCHEMA public TO {name}; "
        f"GRANT CREATE ON DATABASE {database_name} TO {name}"
    )
    yield name
    execute(f"DROP OWNED BY {name}; DROP ROLE {name}")


def sets(folder: Path) -> list[MigrationSet]:
    return [MigrationSet.from_folder(folder)]


def applied(url: str, folder: Path) -> list[tuple[str, str]]:
    answer = asyncio.run(runner.status(url, sets=sets(folder)))
    assert answer.current
    return [(row.version, row.applied_by) for row in answer.applied]


async def _yes(_: Prospect) -> bool:
    return True


def through_the_gate(url: str, folder: Path, *, to: str = "0") -> None:
    """Rehearse, apply, and go back: every way that a file can run."""
    backups = folder.parent / "backups"
    answer = asyncio.run(rehearse(url, sets=sets(folder), backups=backups))
    assert answer.passed, answer.findings
    outcome = asyncio.run(gate.apply_proved(url, sets=sets(folder)))
    assert outcome.surprises == []
    assert outcome.evidence
    asyncio.run(down(url, sets=sets(folder), to=to, backups=backups, confirm=_yes))


LEFT_BEHIND = {
    "role": "SET ROLE {role};",
    "role_local": "SET LOCAL ROLE {role};",
    "session_authorization": "SET SESSION AUTHORIZATION {role};",
    "session_authorization_local": "SET LOCAL SESSION AUTHORIZATION {role};",
    "both": "SET SESSION AUTHORIZATION {role}; SET ROLE {role};",
    "set_config": "SELECT set_config('role', '{role}', false);",
    "search_path": "CREATE SCHEMA IF NOT EXISTS app; SET search_path = app, pg_catalog;",
    "no_search_path": "SELECT pg_catalog.set_config('search_path', '', false);",
    "read_only_by_default": "SET default_transaction_read_only = on;",
    "read_only_characteristics": "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY;",
    "serializable_by_default": "SET default_transaction_isolation = 'serializable';",
    "constraints": "SET CONSTRAINTS ALL DEFERRED;",
    "replication_role": "SET session_replication_role = replica;",
    "statement_timeout": "SET statement_timeout = '1min';",
    "lock_timeout": "SET lock_timeout = '1min';",
    "encoding": "SELECT set_config('client_encoding', 'LATIN1', false);",
    "time_zone": "SET TIME ZONE 'Asia/Kathmandu'; SET datestyle = 'German';",
    "row_security": "SET row_security = off;",
    "prepared_statement": "PREPARE p AS SELECT 1;",
    "temporary_table": "CREATE TEMP TABLE items (z int); CREATE TEMP TABLE applied (z int); "
    "CREATE TEMP TABLE pg_locks (z int);",
    "cursor": "DECLARE c CURSOR WITH HOLD FOR SELECT 1;",
    "listen": "LISTEN changes;",
    "advisory_lock": "SELECT pg_advisory_lock(7);",
    "savepoint": "SAVEPOINT s;",
    "savepoints": 'SAVEPOINT s; SAVEPOINT "S"; SAVEPOINT S; ROLLBACK TO SAVEPOINT s; RELEASE "S"; SAVEPOINT t;',
    "sequence": "CREATE TEMP SEQUENCE s; SELECT nextval('s');",
}

PROBE = """
ALTER TABLE items ADD b int;
ALTER TABLE items DROP b;
DO $$ BEGIN
    IF current_user <> session_user OR current_setting('search_path') <> '"$user", public'
        OR current_setting('default_transaction_read_only') <> 'off'
        OR current_setting('default_transaction_isolation') <> 'read committed'
        OR current_setting('session_replication_role') <> 'origin'
        OR current_setting('statement_timeout') <> '0' OR current_setting('lock_timeout') LIKE '1min'
        OR current_setting('client_encoding') <> 'UTF8' OR current_setting('row_security') <> 'on'
        OR current_setting('timezone') = 'Asia/Kathmandu' OR current_setting('datestyle') LIKE 'German%'
        OR EXISTS (SELECT FROM pg_prepared_statements WHERE name = 'p')
        OR EXISTS (SELECT FROM pg_cursors WHERE name = 'c')
        OR to_regclass('pg_temp.items') IS NOT NULL OR to_regclass('pg_temp.s') IS NOT NULL
        OR EXISTS (SELECT FROM pg_listening_channels())
        OR EXISTS (SELECT FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid())
    THEN RAISE EXCEPTION 'something was left behind'; END IF;
END $$;
"""


@pytest.fixture
def items(execute: Execute) -> None:
    execute("CREATE TABLE items (id int PRIMARY KEY); INSERT INTO items VALUES (1)")


@pytest.mark.usefixtures("items")
def test_what_a_file_leaves_behind_reaches_neither_the_journal_nor_the_next_file(
    database_url: str, write: Writer, role: str, query: Query, execute: Execute
) -> None:
    execute(f"CREATE TABLE more (id int); GRANT ALL ON more TO {role}")
    for number, (kind, left) in enumerate(LEFT_BEHIND.items(), 1):
        up = "\n".join(("INSERT INTO more VALUES (1);", left.format(role=role)))
        folder = write(f"{2 * number:04}_{kind}", up, up).parent
        write(f"{2 * number + 1:04}_after_{kind}", PROBE, PROBE)
    versions = [row.version for row in asyncio.run(runner.apply(database_url, sets=sets(folder)))]
    assert len(versions) == 2 * len(LEFT_BEHIND)
    ((me,),) = query("SELECT session_user::text")
    assert applied(database_url, folder) == [(version, me) for version in versions]
    assert len(asyncio.run(runner.down(database_url, sets=sets(folder), to="0"))) == len(versions)


@pytest.mark.usefixtures("items")
def test_role_taken_without_giving_it_back_passes_the_whole_gate(
    database_url: str, write: Writer, role: str, query: Query
) -> None:
    left = f"SET ROLE {role}; SET search_path = pg_catalog; PREPARE p AS SELECT 1;"
    up = "ALTER TABLE items ADD a int; CREATE TABLE more (id int);"
    folder = write("0001_more", f"{up}\n{left}", f"DROP TABLE more; ALTER TABLE items DROP a;\n{left}").parent
    through_the_gate(database_url, folder)
    assert query("SELECT count(*) FROM freehold_migrate.applied") == [(0,)]


@pytest.mark.usefixtures("items")
def test_what_belongs_to_the_role_taken_belongs_to_it(
    database_url: str, write: Writer, role: str, query: Query
) -> None:
    folder = write("0001_more", f"SET ROLE {role};\nCREATE TABLE more (id int);", "DROP TABLE more;").parent
    asyncio.run(runner.apply(database_url, sets=sets(folder)))
    assert query("SELECT relowner::regrole::text FROM pg_class WHERE oid = 'more'::regclass") == [(role,)]


def test_setting_made_in_a_failed_try_is_gone_in_the_next(
    database_url: str, write: Writer, role: str, execute: Execute
) -> None:
    folder = write("0001_left", f"PREPARE p AS SELECT 1; SET ROLE {role};\nSELECT f();", "SELECT 1;").parent
    with pytest.raises(StepError, match=r"0001_left\.sql:3: function f\(\) does not exist"):
        asyncio.run(runner.apply(database_url, sets=sets(folder)))
    execute("CREATE FUNCTION f() RETURNS int LANGUAGE SQL RETURN 1")
    assert len(asyncio.run(runner.apply(database_url, sets=sets(folder)))) == 1


def test_batch_whose_trigger_takes_a_role_is_journalled(
    database_url: str, write: Writer, role: str, execute: Execute, query: Query
) -> None:
    execute(
        "CREATE TABLE items (id int PRIMARY KEY, n int); INSERT INTO items SELECT generate_series(1, 10);"
        "CREATE FUNCTION take() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN PERFORM set_config('role', '{role}', false); RETURN NEW; END $$;"
        "CREATE TRIGGER take BEFORE UPDATE ON items FOR EACH ROW EXECUTE FUNCTION take();"
        f"GRANT ALL ON items TO {role}"
    )
    fill = "-- migrate: backfill: items.id batch=3\nUPDATE items SET n = 1 WHERE id BETWEEN $1 AND $2;"
    folder = write("0001_fill", fill, "SELECT 1;").parent
    asyncio.run(runner.apply(database_url, sets=sets(folder)))
    assert query("SELECT count(*) FROM items WHERE n = 1") == [(10,)]


CONSTRAINT_TRIGGER = """
CREATE OR REPLACE FUNCTION check_later() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {statement}
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER later AFTER INSERT ON items DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION check_later();
"""

AT_THE_COMMIT = {
    "raise": ("RAISE EXCEPTION 'too many';", "too many"),
    "own_code": ("RAISE EXCEPTION 'too many' USING ERRCODE = 'FH001', HINT = 'fewer';", "too many(?s:.*)hint: fewer"),
    "code_of_a_lost_connection": ("RAISE EXCEPTION 'no answer' USING ERRCODE = '08006';", "no answer"),
    "code_of_a_shutdown": ("RAISE EXCEPTION 'going down' USING ERRCODE = '57P01';", "going down"),
    "not_there": ("PERFORM 1 FROM nowhere;", 'relation "nowhere" does not exist'),
    "not_allowed": ("PERFORM pg_read_file(repeat('x', 9));", "could not open file"),
    "arithmetic": ("PERFORM 1 / 0;", "division by zero"),
    "no_such_role": ("PERFORM set_config('role', 'nobody at all', false);", 'role "nobody at all" does not exist'),
}


def test_trigger_that_fails_at_the_commit_is_blamed_with_file_and_line(
    database_url: str, write: Writer, execute: Execute, query: Query
) -> None:
    execute("CREATE TABLE items (id int);" + CONSTRAINT_TRIGGER.format(statement="NULL;"))
    path = write("0001_rows", "SET LOCAL work_mem = '1MB';\n\nINSERT INTO items VALUES (1);", "SELECT 1;")
    for statement, words in AT_THE_COMMIT.values():
        execute(CONSTRAINT_TRIGGER.partition("CREATE CONSTRAINT")[0].format(statement=statement))
        blamed = rf"{path}:4: at the commit: {words}(?s:.*)0001_rows was rolled back"
        with pytest.raises(StepError, match=blamed) as caught:
            asyncio.run(runner.apply(database_url, sets=sets(path.parent)))
        assert re.search(r"context: (?s:.*)check_later\(\) line 3", str(caught.value))
    assert query("SELECT count(*) FROM items") == [(0,)]
    assert asyncio.run(runner.status(database_url, sets=sets(path.parent))).applied == []


def test_rehearsal_names_what_fails_at_the_commit(
    database_url: str, write: Writer, execute: Execute, tmp_path: Path
) -> None:
    execute("CREATE TABLE items (id int);" + CONSTRAINT_TRIGGER.format(statement="RAISE EXCEPTION 'too many';"))
    path = write("0001_rows", "INSERT INTO items VALUES (1);", "SELECT 1;")
    answer = asyncio.run(rehearse(database_url, sets=sets(path.parent), backups=tmp_path / "backups"))
    assert [(each.rule, f"{path}:2: at the commit: too many" in each.message) for each in answer.findings] == [
        ("up-fails", True)
    ]


def test_deferred_trigger_runs_with_the_role_and_settings_of_its_file(
    database_url: str, write: Writer, role: str, execute: Execute, query: Query
) -> None:
    execute("CREATE TABLE items (id int); CREATE TABLE seen (who text, path text)")
    seen = "INSERT INTO public.seen VALUES (current_user, current_setting('search_path'));"
    execute(CONSTRAINT_TRIGGER.format(statement=seen))
    execute(f"GRANT ALL ON items, seen TO {role}")
    up = f"SET LOCAL ROLE {role}; SET LOCAL search_path = public, pg_temp;\nINSERT INTO items VALUES (1);"
    folder = write("0001_rows", up, "SELECT 1;").parent
    asyncio.run(runner.apply(database_url, sets=sets(folder)))
    assert query("SELECT who, path FROM seen") == [(role, "public, pg_temp")]


KINDS = {
    "serializable": "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;",
    "repeatable_read": "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;",
    "local": "SET LOCAL transaction_isolation = 'repeatable read';",
    "after_other_settings": "SET LOCAL search_path = public;\nSET LOCAL lock_timeout = '1s';\n"
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;",
    "two_statements": "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ;\nSET TRANSACTION READ WRITE;",
}


READING = (
    "READ ONLY",
    "ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE",
    "ISOLATION LEVEL REPEATABLE READ READ ONLY",
)


@pytest.mark.usefixtures("items")
def test_transaction_is_of_the_kind_that_the_file_asks_for(
    database_url: str, write: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("freehold.migrate.steps._WATCH_SECONDS", -1)  # as often as between slow statements
    check = (
        "DO $$ BEGIN IF current_setting('transaction_isolation') = 'read committed' "
        "THEN RAISE EXCEPTION 'ordinary'; END IF; END $$;"
    )
    for number, (name, kind) in enumerate(KINDS.items(), 1):
        ways = [f"{kind}\n{check}\nALTER TABLE items {change};" for change in (f"ADD {name} int", f"DROP {name}")]
        folder = write(f"{number:04}_{name}", *ways).parent
    through_the_gate(database_url, folder)


@pytest.mark.usefixtures("items")
def test_file_that_only_reads_is_journalled(database_url: str, write: Writer, query: Query) -> None:
    for number, mode in enumerate(READING, 1):
        look = f"SET TRANSACTION {mode};\nSELECT count(*) FROM items;"
        folder = write(f"{number:04}_look", look, look).parent
    write("0009_a", "ALTER TABLE items ADD a int;", "ALTER TABLE items DROP a;")
    through_the_gate(database_url, folder, to="0002")
    ((me,),) = query("SELECT session_user::text")
    assert query("SELECT version, applied_by, state FROM freehold_migrate.applied ORDER BY 1") == [
        ("0001", me, "done"),
        ("0002", me, "done"),
    ]


@pytest.mark.usefixtures("items")
def test_file_that_only_reads_and_writes_is_refused_by_its_line(database_url: str, write: Writer) -> None:
    path = write("0001_a", "SET TRANSACTION READ ONLY;\nINSERT INTO items VALUES (2);", "SELECT 1;")
    with pytest.raises(StepError, match=rf"{path}:3: cannot execute INSERT in a read-only transaction"):
        asyncio.run(runner.apply(database_url, sets=sets(path.parent)))


@pytest.mark.usefixtures("items")
def test_isolation_level_after_a_query_is_postgresqls_error_with_its_line(database_url: str, write: Writer) -> None:
    path = write("0001_a", "SELECT 1;\nSET TRANSACTION ISOLATION LEVEL SERIALIZABLE;", "SELECT 1;")
    words = rf"{path}:3: SET TRANSACTION ISOLATION LEVEL must be called before any query"
    with pytest.raises(StepError, match=words):
        asyncio.run(runner.apply(database_url, sets=sets(path.parent)))


def test_complaint_inside_a_block_has_the_line_of_the_file(database_url: str, write: Writer) -> None:
    path = write(
        "0001_a",
        "SELECT 1;\n\nDO LANGUAGE 'plpgsql' $$\nBEGIN\n    PERFORM 1;\n    PERFORM 1 / 0;\nEND $$;",
        "SELECT 1;",
    )
    with pytest.raises(StepError, match=rf"{path}:7: division by zero"):
        asyncio.run(runner.apply(database_url, sets=sets(path.parent)))


def test_statement_that_cannot_reach_another_server_is_no_lost_connection(database_url: str, write: Writer) -> None:
    raises = "DO $$ BEGIN RAISE EXCEPTION 'could not connect to server' USING ERRCODE = '08001'; END $$;"
    path = write("0001_a", raises, "SELECT 1;")
    with pytest.raises(StepError, match=rf"{path}:2: could not connect to server"):
        asyncio.run(runner.apply(database_url, sets=sets(path.parent)))


def test_database_that_takes_no_changes_is_told_before_anything_is_done(
    database_url: str, database_name: str, write: Writer, execute: Execute, tmp_path: Path
) -> None:
    folder = write("0001_a", "CREATE TABLE a ();", "DROP TABLE a;").parent
    execute(f"ALTER DATABASE {database_name} SET default_transaction_read_only = on")
    with pytest.raises(ConnectError, match="default_transaction_read_only is on"):
        asyncio.run(rehearse(database_url, sets=sets(folder), backups=tmp_path / "backups"))
    with pytest.raises(ConnectError, match="default_transaction_read_only is on"):
        asyncio.run(gate.apply_proved(database_url, sets=sets(folder)))
    assert not (tmp_path / "backups").exists()
