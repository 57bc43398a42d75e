"""What apply asks for, piece by piece, and what it does when something changed in the meantime."""

import asyncio
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from freehold.migrate import backup, gate, runner
from freehold.migrate.errors import ConnectError, DeclinedError, LockedError, StepError, UnprovedError
from freehold.migrate.files import MigrationSet, builtin
from freehold.migrate.lock import runner_lock
from freehold.migrate.rehearse import Rehearsal, rehearse
from freehold.migrate.reverse import Prospect, down
from freehold.migrate.swap import restore
from freehold.migrate.upgrade import upgrade

Writer = Callable[..., Path]
Query = Callable[..., list[tuple[object, ...]]]
Execute = Callable[[str], None]


class Site:
    """A database with rows, a folder of migrations, a folder of backups."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.backups = folder.parent / "backups"

    def sets(self) -> list[MigrationSet]:
        return [MigrationSet.from_folder(self.folder)]

    def rehearse(self) -> Rehearsal:
        answer = asyncio.run(rehearse(self.url, sets=self.sets(), backups=self.backups))
        assert answer.passed, answer.findings
        return answer

    def apply(self) -> gate.Outcome:
        return asyncio.run(gate.apply_proved(self.url, sets=self.sets()))

    def pending(self) -> list[str]:
        status = asyncio.run(runner.status(self.url, sets=self.sets()))
        return [pending.version for pending in status.pending]

    def drift(self) -> list[str]:
        return asyncio.run(runner.status(self.url, sets=self.sets(), closely=True)).drift


@pytest.fixture
def site(database_url: str, execute: Execute, write: Writer) -> Site:
    execute("CREATE TABLE items (id int PRIMARY KEY, name text); INSERT INTO items VALUES (1, 'one')")
    folder = write("0001_a", "ALTER TABLE items ADD a int;", "ALTER TABLE items DROP a;").parent
    write("0002_b", "ALTER TABLE items ADD b int;", "ALTER TABLE items DROP b;")
    return Site(database_url, folder)


def refused(site: Site, words: str) -> None:
    with pytest.raises(UnprovedError, match=words) as caught:
        site.apply()
    assert "freehold migrate rehearse" in str(caught.value)
    assert site.pending() == ["0001", "0002"]


def test_file_edited_since_the_rehearsal_is_refused(site: Site, write: Writer) -> None:
    site.rehearse()
    write("0002_b", "ALTER TABLE items ADD b bigint;", "ALTER TABLE items DROP b;")
    refused(site, "edited since the rehearsal: 0002")


def test_file_added_since_the_rehearsal_is_refused(site: Site, write: Writer) -> None:
    site.rehearse()
    write("0003_c", "ALTER TABLE items ADD c int;", "ALTER TABLE items DROP c;")
    with pytest.raises(UnprovedError, match="about other migrations"):
        site.apply()


def test_schema_changed_since_the_rehearsal_is_refused(site: Site, execute: Execute) -> None:
    site.rehearse()
    execute("ALTER TABLE items ADD by_hand int")
    refused(site, "no longer the one that was rehearsed")


def test_damaged_backup_is_refused(site: Site) -> None:
    dump = next((Path(site.rehearse().backup) / "dump").iterdir())
    dump.write_bytes(dump.read_bytes()[:-1])
    refused(site, "is damaged")


def test_pruned_backup_is_refused(site: Site) -> None:
    shutil.rmtree(site.rehearse().backup)
    refused(site, "is no complete backup")


def test_backup_of_another_day_in_its_place_is_refused(site: Site) -> None:
    first = Path(site.rehearse().backup)
    other = asyncio.run(backup.create(site.url, site.backups))
    shutil.rmtree(first)
    other.folder.rename(first)
    refused(site, "is not the one that was rehearsed")


def test_expired_evidence_is_refused(site: Site, execute: Execute) -> None:
    site.rehearse()
    execute(
        "UPDATE freehold_migrate.evidence "
        "SET evidence = jsonb_set(evidence, '{expires_at}', to_jsonb('2026-01-01T00:00:00Z'::text))"
    )
    refused(site, "expired at 2026-01-01 00:00 UTC")


def test_what_another_version_recorded_does_not_count_and_breaks_nothing(site: Site, execute: Execute) -> None:
    site.rehearse()
    execute("UPDATE freehold_migrate.evidence SET evidence = evidence - 'steps'")
    refused(site, "never rehearsed")
    execute("""INSERT INTO freehold_migrate.schema (objects) VALUES ('[{"unknown": 1}]')""")
    assert site.drift() == []


def test_rows_written_since_the_rehearsal_are_fine(site: Site, execute: Execute) -> None:
    site.rehearse()
    execute("INSERT INTO items VALUES (2, 'two')")
    assert len(site.apply().applied) == 2


def test_empty_database_needs_no_evidence(site: Site, execute: Execute) -> None:
    execute("DELETE FROM items")
    assert site.apply().evidence == ""
    assert site.pending() == []


class Interrupted(Exception):
    pass


class Interrupter:
    """Breaks off when a step begins."""

    def step(self, text: str) -> None:
        if "0002" in text:
            raise Interrupted

    def advance(self, done: int, total: int) -> None:
        pass


def test_apply_that_was_interrupted_goes_on_under_the_same_evidence(site: Site) -> None:
    site.rehearse()
    with pytest.raises(Interrupted):
        asyncio.run(gate.apply_proved(site.url, sets=site.sets(), progress=Interrupter()))
    assert site.pending() == ["0002"]
    outcome = site.apply()
    assert [step.version for step in outcome.applied] == ["0002"]
    assert outcome.surprises == []


def test_what_a_failed_apply_left_is_no_drift_but_what_is_changed_by_hand_then_is(
    site: Site, write: Writer, execute: Execute
) -> None:
    write("0002_b", "ALTER TABLE items ADD a int;", "ALTER TABLE items DROP b;")
    with pytest.raises(StepError, match='column "a" of relation "items" already exists'):
        asyncio.run(gate.apply_proved(site.url, sets=site.sets(), unsafe="a test"))
    assert site.drift() == []
    execute("ALTER TABLE items DROP a")
    assert site.drift() == ["column public.items.a was removed: integer"]


def test_second_runner_is_refused_while_one_is_at_work(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("freehold.migrate.rehearse.runner_lock", partial(runner_lock, wait_seconds=0.2))

    async def act() -> None:
        async with runner_lock(site.url):
            with pytest.raises(LockedError, match="Another migration is running"):
                await rehearse(site.url, sets=site.sets(), backups=site.backups)

    asyncio.run(act())


def test_result_that_differs_from_the_rehearsed_one_is_said(site: Site, write: Writer) -> None:
    up = "DO $$ BEGIN IF current_database() LIKE '%staging%' THEN ALTER TABLE items ADD c int; END IF; END $$;"
    write("0003_sly", up, "ALTER TABLE items DROP COLUMN IF EXISTS c;")
    site.rehearse()
    assert site.apply().surprises == ["column public.items.c was removed: integer"]


def test_connection_pooler_is_refused_with_the_reason(site: Site, pooler_url: str) -> None:
    with pytest.raises(ConnectError, match="connection pooler"):
        asyncio.run(runner.status(pooler_url, sets=site.sets()))


@pytest.fixture
def pooler_url(site: Site) -> Iterator[str]:
    """A real PgBouncer in transaction mode in front of the test's database, where one is installed."""
    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if program is None:
        pytest.skip("PgBouncer is not installed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    host = site.url.partition("host=")[2].replace("%2F", "/") or "127.0.0.1"
    name = site.url.partition("?")[0].rpartition("/")[2]
    login = site.url.partition("://")[2].partition("@")[0]
    user, _, password = login.partition(":")
    secret = f" password={password}" if password else ""
    with tempfile.TemporaryDirectory() as folder:  # beside pytest's own, which are closed to others
        settings = Path(folder, "pgbouncer.ini")
        settings.write_text(
            f"[databases]\n{name} = host={host} user={user}{secret}\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nauth_type = any\npool_mode = transaction\n"
            "unix_socket_dir =\n"
        )
        for path, mode in ((Path(folder), 0o755), (settings, 0o644)):
            path.chmod(mode)
        process = subprocess.Popen([*as_who_reaches(host), program, str(settings)], stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                assert time.monotonic() < deadline, "PgBouncer did not come up"
                time.sleep(0.02)
        yield f"postgresql://somebody@127.0.0.1:{port}/{name}"
        process.terminate()
        process.wait()


def as_who_reaches(host: str) -> list[str]:
    """PgBouncer refuses to run as root, and the server's socket may lie in a folder of its account's own."""
    if os.geteuid() != 0:
        return []
    owner = Path(host).stat().st_uid if host.startswith("/") else 0
    if owner == 0:
        return ["unshare", "-U", "--map-user=1000", "--map-group=1000"]
    return ["setpriv", f"--reuid={owner}", f"--regid={owner}", "--clear-groups"]


@pytest.fixture
def plain(database_url: str, database_name: str, query: Query) -> Iterator[str]:
    """The URL of a role that owns the database and may create others, as the embedded server's is."""
    role = f"plain_{database_name}"
    query(f"CREATE ROLE {role} LOGIN CREATEDB PASSWORD 'plain'")
    query(f"ALTER DATABASE {database_name} OWNER TO {role}")
    query(f"GRANT ALL ON SCHEMA public TO {role}")
    yield f"postgresql://{role}:plain@{database_url.partition('@')[2]}"
    query(f"REASSIGN OWNED BY {role} TO CURRENT_USER")
    query(f"DROP OWNED BY {role}")
    query(f"DROP ROLE {role}")


def test_whole_way_needs_no_superuser(plain: str, write: Writer, query: Query) -> None:
    folder = write("0001_a", "CREATE TABLE a (id serial PRIMARY KEY, n text);", "DROP TABLE a;").parent
    site = Site(plain, folder)
    site.apply()
    query("INSERT INTO a (n) SELECT 'x' FROM generate_series(1, 9)")
    write("0002_b", "ALTER TABLE a ADD b int;", "ALTER TABLE a DROP b;")
    site.rehearse()
    assert len(site.apply().applied) == 1

    async def yes(_: object) -> bool:
        return True

    back = asyncio.run(down(plain, sets=site.sets(), to="0001", backups=site.backups, confirm=yes))
    assert back.reverted == ["0002_b"]
    query("DELETE FROM a")
    taken = backup.verify(Path(back.backup))
    exchange = asyncio.run(restore(plain, taken, confirm=yes))
    assert exchange.changed == ["public.a: rows then 9, now 0"]
    assert query("SELECT count(*) FROM a") == [(9,)]
    query(f"DROP DATABASE {exchange.kept_as}")


def test_invalid_index_which_no_backup_holds_stands_in_nobodys_way(site: Site, execute: Execute) -> None:
    execute("CREATE INDEX rest ON items (name); COMMENT ON INDEX rest IS 'left behind'")
    execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'rest'::regclass")
    site.rehearse()
    outcome = site.apply()
    assert (len(outcome.applied), outcome.surprises) == (2, [])

    async def yes(_: object) -> bool:
        return True

    back = asyncio.run(down(site.url, sets=site.sets(), to="0", backups=site.backups, confirm=yes))
    assert back.reverted == ["0002_b", "0001_a"]


def test_column_that_only_changes_its_name_is_not_lost(site: Site, write: Writer) -> None:
    write("0003_rename", "ALTER TABLE items RENAME name TO a_name;", "ALTER TABLE items RENAME a_name TO name;")
    asyncio.run(gate.apply_proved(site.url, sets=site.sets(), unsafe="a test"))
    asked: list[Prospect] = []

    async def no(prospect: Prospect) -> bool:
        asked.append(prospect)
        return False

    with pytest.raises(DeclinedError):
        asyncio.run(down(site.url, sets=site.sets(), to="0002", backups=site.backups, confirm=no))
    assert asked[0].lost == []


def test_copy_can_be_made_beside_another_database(site: Site, admin_url: str) -> None:
    answer = asyncio.run(rehearse(site.url, sets=site.sets(), backups=site.backups, staging_url=admin_url))
    assert answer.passed
    assert len(site.apply().applied) == 2


def test_rehearsal_for_a_stopped_application_counts_only_for_one(site: Site, write: Writer) -> None:
    write("0003_index", "CREATE INDEX items_name_idx ON items (name);", "DROP INDEX items_name_idx;")
    answer = asyncio.run(rehearse(site.url, sets=site.sets(), backups=site.backups))
    assert [each.rule for each in answer.findings] == ["require-concurrent-index-creation"]
    assert not answer.passed
    assert asyncio.run(rehearse(site.url, sets=site.sets(), backups=site.backups, offline=True)).passed
    with pytest.raises(UnprovedError, match="require-concurrent-index-creation"):
        site.apply()
    assert len(asyncio.run(gate.apply_proved(site.url, sets=site.sets(), offline=True)).applied) == 3


def test_upgrade_of_a_database_with_rows_goes_through_the_whole_gate(
    database_url: str, query: Query, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _install_old_version(database_url, monkeypatch)
    query("INSERT INTO users (username, email, password_hash) VALUES ('ada', 'ada@example.com', 'x')")
    outcome = asyncio.run(upgrade(database_url, backups=tmp_path / "backups"))
    assert outcome.evidence
    assert asyncio.run(runner.status(database_url, sets=[builtin()])).current
    assert query("SELECT username FROM users") == [("ada",)]
    assert asyncio.run(upgrade(database_url, backups=tmp_path / "backups")).applied == []
    assert len(list((tmp_path / "backups").glob("*/manifest.json"))) == 1


def test_upgrade_that_does_not_fit_the_data_changes_nothing(
    database_url: str, query: Query, write: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write("0001_a", "CREATE TABLE a (id int);", "DROP TABLE a;").parent
    monkeypatch.setattr("freehold.migrate.upgrade.builtin", lambda: MigrationSet.from_folder(folder, "freehold"))
    asyncio.run(upgrade(database_url, backups=tmp_path / "backups"))
    query("INSERT INTO a VALUES (1), (1)")
    write(
        "0002_key",
        "CREATE UNIQUE INDEX CONCURRENTLY a_key ON a (id);",
        "DROP INDEX CONCURRENTLY a_key;",
        "transaction=off",
    )
    with pytest.raises(UnprovedError, match=r"nothing was changed: keep using the version you had(?s:.)*a_key"):
        asyncio.run(upgrade(database_url, backups=tmp_path / "backups"))
    assert query("SELECT count(*) FROM a") == [(2,)]
    assert query("SELECT to_regclass('a_key')") == [(None,)]


def _install_old_version(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Apply only the first of Freehold's migrations, as an old version would have."""
    old = builtin()._replace(migrations=builtin().migrations[:1])
    with monkeypatch.context() as patch:
        patch.setattr("freehold.migrate.upgrade.builtin", lambda: old)
        asyncio.run(upgrade(url, backups=Path("/nonexistent")))
