"""What an older version recorded, which read schemas in another way: never taken for a difference, and always said."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from freehold.migrate.commands import backup, migrate, restore

Run = Callable[..., Result]
Writer = Callable[..., Path]
Execute = Callable[[str], None]

NOT_COMPARED = "changes by hand since the last apply (another version of Freehold or PostgreSQL recorded that schema"
OLDER = {
    "read in another way": "jsonb_set(objects, '{reading}', '\"older\"')",
    "printed by PostgreSQL of another major": "jsonb_set(objects, '{server_major}', '13')",
    "before versions were recorded": "objects -> 'objects'",
    "of another form": """'[{"type": "TABLE", "name": "public.items"}]'""",
}


@pytest.fixture
def run(database_url: str, write: Writer, tmp_path: Path) -> Run:
    """Run a command on the test's database with one migration of its own."""
    folder = write("0001_items", "CREATE TABLE items (id int PRIMARY KEY);", "DROP TABLE items;").parent
    groups = {"create": backup, "verify-backup": backup, "restore": restore}

    def invoke(*arguments: str) -> Result:
        name, *rest = arguments
        group = groups.get(name, migrate)
        files = ["--no-builtin", "--dir", str(folder)] if group is migrate else []
        command = [] if group is restore else [name.removesuffix("-backup"), *files]
        backups = str(tmp_path / "backups")
        environment = {"FREEHOLD_DATABASE_URL": database_url, "FREEHOLD_BACKUPS_DIR": backups, "COLUMNS": "400"}
        answer = CliRunner(env=environment).invoke(group, [*command, *rest])
        assert not answer.exception or isinstance(answer.exception, SystemExit), answer.exception
        return answer

    return invoke


@pytest.mark.parametrize("older", OLDER.values(), ids=OLDER)
def test_schema_that_another_version_recorded_is_no_drift_but_said_until_the_next_apply(
    run: Run, execute: Execute, older: str
) -> None:
    run("apply")
    execute(f"UPDATE freehold_migrate.schema SET objects = {older} WHERE objects <> 'null'")  # noqa: S608 - from above
    execute("ALTER TABLE items ADD by_hand int")
    for command in ("status", "verify"):
        shown = run(command)
        assert shown.exit_code == 0, shown.output
        assert NOT_COMPARED in shown.output
        assert "drift" not in shown.output
    assert "1 applied, 0 pending; files and journal match.\n" in run("verify").stdout
    status = json.loads(run("status", "--json").stdout)
    assert (status["drift"], len([each for each in status["not_compared"] if NOT_COMPARED in each])) == ([], 1)

    assert run("apply").exit_code == 0
    verified = run("verify").stdout
    assert "files, journal and schema match.\n" in verified
    assert NOT_COMPARED not in verified
    execute("ALTER TABLE items DROP by_hand")
    assert "drift: column public.items.by_hand was removed: integer" in run("verify").stderr


def test_evidence_of_another_version_asks_for_a_new_rehearsal(run: Run, write: Writer, execute: Execute) -> None:
    run("apply")
    execute("INSERT INTO items VALUES (1)")
    write("0002_note", "ALTER TABLE items ADD note text;", "ALTER TABLE items DROP note;")
    assert run("rehearse").exit_code == 0
    execute("UPDATE freehold_migrate.evidence SET evidence = jsonb_set(evidence, '{reading}', '\"older\"')")
    refused = run("apply")
    assert refused.exit_code == 1
    assert "it was made by another version of Freehold" in refused.stderr
    assert "freehold migrate rehearse" in refused.stderr
    assert run("rehearse").exit_code == 0
    assert run("apply").exit_code == 0


def test_backup_of_another_version_restores_with_its_rows_compared_and_its_schema_not(
    run: Run, execute: Execute
) -> None:
    run("apply")
    execute("INSERT INTO items VALUES (1)")
    folder = Path(json.loads(run("create", "--json").stdout)["folder"])
    assert "not compared" not in run("verify-backup", str(folder), "--restore").stdout

    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest |= {"format": 2, "reading": "older"}
    for each in manifest["objects"]:
        each["definition"] = each["definition"].lower()  # as another version would print it
    data = json.dumps(manifest).encode()
    (folder / "manifest.json").write_bytes(data)
    (folder / "manifest.sha256").write_text(f"{hashlib.sha256(data).hexdigest()}\n")

    verified = run("verify-backup", str(folder), "--restore")
    assert verified.exit_code == 0, verified.output
    assert "restores to the same rows (its schema was not compared: another version of Freehold took it)" in (
        verified.stdout
    )
    restored = run("restore", str(folder), "--yes")
    assert restored.exit_code == 0, restored.output
    assert "its schema was not compared: another version of Freehold took the backup" in restored.output
