"""`freehold import` and `freehold export` as a shell runs them, and as it kills them."""

import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import zstandard
from tests.forker import Forker
from tests.transfer.conftest import ndjson, uid, user
from tests.waiting import eventually

PROGRAM = "from freehold.cli import main; main()"
DEADLINE_SECONDS = 60.0
MOST_MEMORY_KIB = 200_000
MEASURED = (
    "import re, sys\n"
    "from pathlib import Path\n"
    "from freehold.terminal.failures import run\n"
    "from freehold.cli.program import program\n"
    "status = run(program, sys.argv[1:])\n"
    # Not ru_maxrss: a process is born with that of the one that started it.
    "print('KiB', re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1], file=sys.stderr)\n"
    "sys.exit(status)\n"
)

Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start(database_url: str, tmp_path: Path) -> Start:
    """Start `freehold` on the test's own database: ``start("import", "users", "-")``."""

    def begin(*arguments: str | Path, program: str = PROGRAM) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-c", program, *map(str, arguments)],
            env={**os.environ, "FREEHOLD_DATABASE_URL": database_url},
            cwd=tmp_path,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    return begin


@pytest.fixture
def freehold(database_url: str, forker: Forker, tmp_path: Path) -> Callable[..., tuple[int, str, str]]:
    """Run `freehold`: gives exit status, what it printed, and what it complained."""

    def run(*arguments: str | Path, stdin: bytes = b"") -> tuple[int, str, str]:
        environment = {**os.environ, "FREEHOLD_DATABASE_URL": database_url}
        done = forker.run(*map(str, arguments), environment=environment, folder=tmp_path, stdin=stdin)
        return done.returncode, done.stdout, done.stderr

    return run


Run = Callable[..., tuple[int, str, str]]


@pytest.mark.parametrize("name", ["users.ndjson", "users.csv", "users.ndjson.gz", "users.csv.zst"])
def test_exported_file_can_be_imported_by_its_name(freehold: Run, tmp_path: Path, name: str):
    (tmp_path / "in.ndjson").write_bytes(ndjson([user(1), user(2)]))
    assert freehold("import", "users", "in.ndjson") == (0, "users: 2 stored\n", "")
    assert freehold("export", "users", name) == (0, f"Wrote 2 users to {name}\n", "")
    status, told, _ = freehold("import", "users", name, "--on-conflict", "skip")
    assert (status, told) == (0, "users: 0 stored, 2 skipped\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted({"in.ndjson", name})


def test_exported_file_is_for_its_owner_alone_and_the_same_each_time(freehold: Run, tmp_path: Path):
    freehold("import", "users", "-", stdin=ndjson([user(1)]))
    for name in ("a.ndjson.gz", "b.ndjson.gz"):
        assert freehold("export", "users", name)[0] == 0
    assert (tmp_path / "a.ndjson.gz").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "a.ndjson.gz").read_bytes() == (tmp_path / "b.ndjson.gz").read_bytes()


def test_standard_output_holds_the_rows_and_nothing_else(freehold: Run):
    freehold("import", "users", "-", "--format", "csv", stdin=b"username,email\nada,ada@example.com\n")
    status, rows, complaint = freehold("export", "users")
    assert (status, complaint) == (0, "")
    assert json.loads(rows)["username"] == "ada"
    assert freehold("export", "users", "-", "--format", "csv")[1].startswith("id,username,email,")


def test_refused_lines_are_told_and_written_down(freehold: Run, tmp_path: Path):
    (tmp_path / "users.ndjson").write_bytes(
        ndjson([user(1), user(2, email="x"), user(1, username="bob", email="b@x.org")])
    )
    status, told, complaint = freehold("import", "users", "users.ndjson")
    assert (status, told) == (1, "users: 0 stored, 2 refused\n")
    assert ", line 2, email: must be a valid e-mail address" in complaint
    assert "2 refused; nothing is stored. See users.ndjson.errors.ndjson for the reasons." in complaint
    refused = [json.loads(line) for line in (tmp_path / "users.ndjson.errors.ndjson").read_text().splitlines()]
    assert [(each["line"], each["field"], each["code"]) for each in refused] == [
        (2, "email", "invalid_email"),
        (3, "id", "id_taken"),
    ]
    status, told, complaint = freehold("import", "users", "users.ndjson", "--partial", "--dry-run")
    assert (status, told) == (1, "Would be: users: 1 stored, 2 refused\n")
    assert "2 refused; the others would be stored." in complaint
    status, told, _ = freehold("import", "users", "users.ndjson", "--partial", "--json", "--errors", "wrong")
    assert (status, json.loads(told)["stored"], json.loads(told)["refused"]) == (1, 1, 2)
    assert len((tmp_path / "wrong").read_text().splitlines()) == 2


def test_what_was_wrong_before_is_forgotten_when_it_is_mended(freehold: Run, tmp_path: Path):
    path = tmp_path / "users.ndjson"
    path.write_bytes(ndjson([user(1, email="x")]))
    assert freehold("import", "users", path)[0] == 1
    path.write_bytes(ndjson([user(1)]))
    assert freehold("import", "users", path)[0] == 0
    assert not path.with_name("users.ndjson.errors.ndjson").exists()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("import", "users", "nowhere"), "nowhere: cannot be opened: No such file or directory"),
        (("export", "users", "nowhere/users.csv"), "nowhere/users.csv: cannot be written: No such file or directory"),
        (("import", "users", "."), ".: cannot be"),
    ],
)
def test_file_that_cannot_be_used_is_named(freehold: Run, arguments: tuple[str, ...], complaint: str):
    status, _, said = freehold(*arguments)
    assert status == 1
    assert said.startswith(f"freehold: {complaint}")


def test_truncated_file_stores_nothing(freehold: Run, tmp_path: Path):
    for name, pack in (("users.ndjson.gz", gzip.compress), ("users.ndjson.zst", zstandard.compress)):
        (tmp_path / name).write_bytes(pack(ndjson([user(number) for number in range(2000)]))[:-20])
        status, _, complaint = freehold("import", "users", name)
        assert (status, "is cut off" in complaint) == (1, True)
    assert freehold("export", "users")[1] == ""


def _count(url: str, table: str) -> int:
    import asyncio  # noqa: PLC0415 - for this alone

    async def ask() -> int:
        connection = await asyncpg.connect(url)
        try:
            return int(await connection.fetchval(f"SELECT count(*) FROM {table}"))  # noqa: S608 - a name of this file
        finally:
            await connection.close()

    return asyncio.run(ask())


LINES = ndjson(user(number) for number in range(40_000))


def test_killed_import_of_a_whole_file_has_stored_nothing(start: Start, database_url: str, freehold: Run):
    process = start("import", "users", "-")
    assert process.stdin is not None
    process.stdin.write(LINES)  # and no end, so that it waits for more
    process.stdin.flush()
    process.kill()
    process.communicate(timeout=DEADLINE_SECONDS)
    assert _count(database_url, "users") == 0
    assert freehold("import", "users", "-", stdin=LINES)[:2] == (0, "users: 40,000 stored\n")


def test_killed_partial_import_goes_on(start: Start, database_url: str, freehold: Run, tmp_path: Path):
    (tmp_path / "users.ndjson").write_bytes(LINES)
    process = start("import", "users", "users.ndjson", "--partial")
    eventually(lambda: _count(database_url, "imports") or process.poll() is not None)
    process.kill()
    process.communicate(timeout=DEADLINE_SECONDS)
    assert process.returncode == -signal.SIGKILL, "it was done before it could be killed: give it more lines"
    stored = _count(database_url, "users")
    assert 0 < stored < 40_000
    status, told, _ = freehold("import", "users", "users.ndjson", "--partial")
    assert status == 0
    assert told.startswith("users: 40,000 stored, continued after line ")
    assert _count(database_url, "users") == 40_000


def _feed(process: "subprocess.Popen[bytes]", pieces: Any) -> tuple[str, int]:
    """Give a process its input, however long; gives what it complained, and the most memory that it took, in KiB."""
    assert process.stdin is not None
    for piece in pieces:
        process.stdin.write(piece)
    _, complaint = process.communicate(timeout=DEADLINE_SECONDS)
    said, _, kibibytes = complaint.decode().rpartition("KiB")
    return said, int(kibibytes)


def test_line_of_a_gigabyte_is_refused_in_flat_memory(start: Start):
    process = start("import", "users", "-", program=MEASURED)
    said, kibibytes = _feed(process, [b"x" * 2**20] * 1024)
    assert ", line 1: is longer than 1,048,576 bytes" in said
    assert process.returncode == 1
    assert kibibytes < MOST_MEMORY_KIB


def test_memory_does_not_grow_with_the_file(start: Start):
    def lines(count: int) -> Any:
        for first in range(0, count, 1000):
            yield ndjson(user(number, first_name="A" * 100) for number in range(first, first + 1000))

    _, little = _feed(start("import", "users", "-", "--dry-run", program=MEASURED), lines(10_000))
    _, much = _feed(start("import", "users", "-", "--dry-run", program=MEASURED), lines(60_000))
    assert much < MOST_MEMORY_KIB
    assert much - little < 10_000


def test_hash_of_another_system_is_replaced_at_the_next_sign_in(freehold: Run, database_url: str):
    import asyncio  # noqa: PLC0415 - for this alone

    import bcrypt  # noqa: PLC0415

    from freehold import NewSession, Platform  # noqa: PLC0415

    stored = bcrypt.hashpw(b"Lovelace1", bcrypt.gensalt(4)).decode()
    assert freehold("import", "users", "-", stdin=ndjson([user(1, password_hash=stored)]))[0] == 0

    async def sign_in() -> None:
        async with Platform.open(database_url) as platform:
            await platform.acting_as(None).sessions.create(NewSession(login="user_1", password="Lovelace1"))

    for _ in range(2):
        asyncio.run(sign_in())
        assert '"password_hash":"$argon2id$' in freehold("export", "users", "--with-password-hashes")[1]


def test_members_and_projects_follow_their_organizations(freehold: Run):
    owner, other = uid(1), uid(2)
    organization = {"id": uid(7), "name": "Acme", "slug": "acme", "owner_id": owner}
    for kind, lines in (
        ("users", [user(1), user(2)]),
        ("organizations", [organization]),
        ("members", [{"organization_id": uid(7), "user_id": other}]),
        ("projects", [{"organization_id": uid(7), "name": "Rocket"}]),
    ):
        assert freehold("import", kind, "-", stdin=ndjson(lines))[0] == 0
    assert freehold("projects", "list", "acme", "--json")[1].count("Rocket") == 1
