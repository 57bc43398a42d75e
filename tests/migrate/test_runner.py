import asyncio
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from freehold.migrate import runner
from freehold.migrate.errors import ConnectError, HistoryError, LockedError, StepError, TargetError
from freehold.migrate.files import MigrationSet
from freehold.migrate.lock import runner_lock

Writer = Callable[..., Path]

Query = Callable[..., list[tuple[object, ...]]]


@pytest.fixture
def folder(write: Writer) -> Path:
    write("0001_items", "CREATE TABLE items (id int PRIMARY KEY);", "DROP TABLE items;")
    return write("0002_note", "ALTER TABLE items ADD note text;", "ALTER TABLE items DROP note;").parent


def apply(url: str, folder: Path) -> list[str]:
    return [row.label for row in asyncio.run(runner.apply(url, sets=[MigrationSet.from_folder(folder)]))]


def down(url: str, folder: Path, to: str) -> list[str]:
    return [row.label for row in asyncio.run(runner.down(url, sets=[MigrationSet.from_folder(folder)], to=to))]


def status(url: str, *folders: tuple[str, Path]) -> runner.Status:
    return asyncio.run(runner.status(url, sets=[MigrationSet.from_folder(path, name) for name, path in folders]))


def tables(query: Query) -> set[object]:
    return {name for (name,) in query("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace")}


def test_apply_runs_what_is_pending_once_and_in_order(database_url: str, folder: Path) -> None:
    assert apply(database_url, folder) == ["0001_items", "0002_note"]
    assert apply(database_url, folder) == []
    answer = status(database_url, ("app", folder))
    assert answer.current
    assert [row.label for row in answer.applied] == ["0001_items", "0002_note"]


def test_status_of_an_untouched_database_changes_nothing(database_url: str, folder: Path, query: Query) -> None:
    answer = status(database_url, ("app", folder))
    assert [pending.version for pending in answer.pending] == ["0001", "0002"]
    assert query("SELECT 1 FROM pg_namespace WHERE nspname = 'freehold_migrate'") == []


def test_down_goes_back_to_the_version_named(database_url: str, folder: Path, query: Query) -> None:
    apply(database_url, folder)
    assert down(database_url, folder, "0001") == ["0002_note"]
    assert tables(query) == {"items", "items_pkey"}
    assert down(database_url, folder, "0") == ["0001_items"]
    assert tables(query) == set()
    assert apply(database_url, folder) == ["0001_items", "0002_note"]


def test_failing_statement_is_blamed_by_line_and_its_migration_rolled_back(
    database_url: str, write: Writer, folder: Path, query: Query
) -> None:
    bad = write("0003_bad", "CREATE TABLE extra (id int);\n\nALTER TABLE items\n  ADD COLUMN x nonsense;", "SELECT 1;")
    with pytest.raises(StepError, match=rf'{bad}:5: type "nonsense" does not exist'):
        apply(database_url, folder)
    assert "extra" not in tables(query)
    assert [row.version for row in status(database_url, ("app", folder)).applied] == ["0001", "0002"]


def test_constraint_that_fails_at_the_commit_is_blamed(
    database_url: str, write: Writer, folder: Path, query: Query
) -> None:
    bad = write(
        "0003_bad",
        "ALTER TABLE items ADD parent int REFERENCES items DEFERRABLE INITIALLY DEFERRED;\n"
        "INSERT INTO items (id, parent) VALUES (1, 2);",
        "ALTER TABLE items DROP parent;",
    )
    with pytest.raises(StepError, match=f"{bad}: at the commit"):
        apply(database_url, folder)
    assert query("SELECT count(*) FROM items") == [(0,)]


def test_edited_file_stops_apply_and_down(database_url: str, write: Writer, folder: Path) -> None:
    apply(database_url, folder)
    write("0002_note", "ALTER TABLE items ADD note varchar(9);", "ALTER TABLE items DROP note;")
    write("0003_more", "CREATE TABLE more ();", "DROP TABLE more;")
    with pytest.raises(HistoryError, match="edited after it was applied"):
        apply(database_url, folder)
    with pytest.raises(HistoryError, match="edited after it was applied"):
        down(database_url, folder, "0001")
    assert [trouble.kind for trouble in status(database_url, ("app", folder)).troubles] == ["edited"]


def test_comment_edit_is_harmless(database_url: str, write: Writer, folder: Path) -> None:
    apply(database_url, folder)
    write("0002_note", "ALTER TABLE items -- explained\n ADD note text;", "ALTER TABLE items DROP note;")
    assert apply(database_url, folder) == []


def test_removed_and_renamed_files_stop_apply(database_url: str, folder: Path) -> None:
    apply(database_url, folder)
    (folder / "0002_note.sql").rename(folder / "0002_remark.sql")
    with pytest.raises(HistoryError, match="rename it back"):
        apply(database_url, folder)
    (folder / "0002_remark.sql").unlink()
    with pytest.raises(HistoryError, match="file is missing"):
        apply(database_url, folder)


def test_target_must_be_applied(database_url: str, folder: Path) -> None:
    apply(database_url, folder)
    with pytest.raises(TargetError, match="Applied are: app:0001, app:0002"):
        down(database_url, folder, "0009")


def test_irreversible_migration_stops_down_before_it_begins(database_url: str, write: Writer, folder: Path) -> None:
    write("0003_final", "CREATE TABLE final ();", "", "irreversible: nothing to go back to")
    write("0004_more", "CREATE TABLE more ();", "DROP TABLE more;")
    apply(database_url, folder)
    with pytest.raises(TargetError, match="nothing to go back to"):
        down(database_url, folder, "0001")
    assert len(status(database_url, ("app", folder)).applied) == 4


def test_two_sets_keep_apart(database_url: str, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    text = "-- migrate: depends: app:0001\n-- migrate:up\nCREATE TABLE z ();\n-- migrate:down\nDROP TABLE z;\n"
    (other / "0001_z.sql").write_text(text)
    apply(database_url, folder)
    both = [MigrationSet.from_folder(folder), MigrationSet.from_folder(other, "other")]
    asyncio.run(runner.apply(database_url, sets=both))
    assert status(database_url, ("app", folder)).current
    with pytest.raises(TargetError, match="is in two sets"):
        asyncio.run(runner.down(database_url, sets=both, to="0001"))
    with pytest.raises(TargetError, match="other:0001_z came after it"):
        down(database_url, folder, "0001")
    assert len(asyncio.run(runner.down(database_url, sets=both, to="app:0001"))) == 2


def test_unmet_dependency_stops_apply(database_url: str, write: Writer, folder: Path) -> None:
    write("0003_needs", "SELECT 1;", "SELECT 1;", "depends: freehold:0099")
    with pytest.raises(HistoryError, match="depends on freehold:0099"):
        apply(database_url, folder)


def test_second_runner_is_refused_by_name(database_url: str) -> None:
    async def both() -> None:
        async with runner_lock(database_url), runner_lock(database_url, wait_seconds=0):
            pass

    with pytest.raises(LockedError, match=r"process \d+ of role"):
        asyncio.run(both())


def test_two_runners_at_once_apply_each_migration_once(database_url: str, folder: Path) -> None:
    async def both() -> list[int]:
        sets = [MigrationSet.from_folder(folder)]
        return [len(rows) for rows in await asyncio.gather(*(runner.apply(database_url, sets=sets) for _ in range(2)))]

    assert sorted(asyncio.run(both())) == [0, 2]


def test_setting_of_one_migration_does_not_reach_the_next(database_url: str, write: Writer, query: Query) -> None:
    folder = write("0001_a", "CREATE SCHEMA s; SET search_path = s;", "DROP SCHEMA s CASCADE;").parent
    write("0002_b", "CREATE TABLE here ();", "DROP TABLE here;")
    apply(database_url, folder)
    assert "here" in tables(query)


def test_unreachable_database_is_a_message_without_its_password(folder: Path) -> None:
    with pytest.raises(ConnectError) as caught:
        status("postgresql://somebody:s3cret@127.0.0.1:1/nowhere", ("app", folder))
    assert "database nowhere on 127.0.0.1, port 1" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_runner_needs_no_superuser(database_url: str, database_name: str, folder: Path, query: Query) -> None:
    role = f"plain_{database_name}"
    query(f"CREATE ROLE {role} LOGIN PASSWORD 'plain'")
    try:
        query(f"ALTER DATABASE {database_name} OWNER TO {role}")
        query(f"GRANT ALL ON SCHEMA public TO {role}")
        user, _, rest = database_url.partition("://")[2].partition("@")
        assert user != role
        assert len(apply(f"postgresql://{role}:plain@{rest}", folder)) == 2
    finally:
        query(f"REASSIGN OWNED BY {role} TO CURRENT_USER")
        query(f"DROP OWNED BY {role}")
        query(f"DROP ROLE {role}")


def test_lost_lock_stops_before_the_next_step(database_url: str) -> None:
    async def lose() -> None:
        async with runner_lock(database_url) as lock:
            other = await asyncpg.connect(database_url)
            await other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' "
                "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
            await other.close()
            await lock.check()

    with pytest.raises(LockedError, match="was lost"):
        asyncio.run(lose())
