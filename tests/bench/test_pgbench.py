"""The limit: pgbench with the statements of some people."""

from pathlib import Path

import asyncpg
import pytest
from bench.load import Failed
from bench.rows import Scale, fill

from bench import limit
from freehold.postgres.binaries import server_binaries

needs_pgbench = pytest.mark.skipif(
    not server_binaries().path("pgbench").exists(), reason="there is no pgbench beside this server's programs"
)
EVERYTHING = limit.SESSION + limit.USER + limit.ROLE + limit.PROJECTS


async def test_script_finds_rows_of_each_person(database_url: str, tmp_path: Path):
    scale = Scale(users=48, people=3)
    await fill(database_url, scale)
    draw, _, statements = limit.write_script(tmp_path / "all.sql", EVERYTHING, scale.people).read_text().partition("\n")
    assert draw == "\\set n random(1, 3)"
    connection = await asyncpg.connect(database_url)
    try:
        found = [
            [len(await connection.fetch(statement.replace(":n", str(n)))) for statement in statements.split(";\n")[:4]]
            for n in range(1, 4)
        ]
    finally:
        await connection.close()
    assert found == [[1, 3, 1, 21]] * 3


@needs_pgbench
def test_statement_that_fails_is_a_failure_in_the_words_of_pgbench(admin_url: str, tmp_path: Path):
    script = tmp_path / "wrong.sql"
    script.write_text("SELECT 1 FROM there_is_no_such_table;\n", "utf-8")
    with pytest.raises(Failed, match="there_is_no_such_table"):
        limit.run(admin_url, [script], seconds=1, clients=1)


@needs_pgbench
def test_rate_of_the_clients_that_went_on_while_another_failed_is_no_measurement(admin_url: str, tmp_path: Path):
    script = tmp_path / "first-client-fails.sql"
    script.write_text("SELECT 1 / :client_id;\n", "utf-8")
    with pytest.raises(Failed, match="division by zero"):
        limit.run(admin_url, [script], seconds=1, clients=2)


def test_password_is_no_argument_and_the_server_is_found_by_socket_or_by_address():
    by_socket = limit.environment("postgresql://ada:p%40ss@/freehold?host=%2Frun%2Fpostgresql")
    assert {name: by_socket[name] for name in ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE")} == {
        "PGHOST": "/run/postgresql",
        "PGPORT": "5432",
        "PGUSER": "ada",
        "PGPASSWORD": "p@ss",
        "PGDATABASE": "freehold",
    }
    by_address = limit.environment("postgresql://ada@db.example:6432/freehold")
    assert (by_address["PGHOST"], by_address["PGPORT"], by_address["PGPASSWORD"]) == ("db.example", "6432", "")
