"""What ``freehold serve`` does on its embedded database when the new version brings new migrations: the whole gate."""

from pathlib import Path

from freehold.migrate import gate, runner
from freehold.migrate.errors import UnprovedError
from freehold.migrate.files import builtin
from freehold.migrate.gate import Outcome
from freehold.migrate.progress import Progress, Silent
from freehold.migrate.rehearse import rehearse


async def upgrade(database_url: str, *, backups: Path, progress: Progress | None = None) -> Outcome:
    """Bring a database up to Freehold's own migrations: backed up, rehearsed, applied.

    Call it before anybody is served: locks and rewrites hold nobody up then, so they do not count. A database without
    rows is migrated at once; one that is current costs a few queries.

    Args:
        database_url: the role needs to own the database and to be allowed to create databases (for the copy).
        backups: the folder for the backup that is taken before anything changes.
        progress: hears of every phase.

    Raises:
        UnprovedError: the rehearsal failed; the data is untouched, and the text says so and why.
        MigrateError: any other failure before or while applying; a failed step is rolled back.
    """
    progress = progress or Silent()
    sets = [builtin()]
    status = await runner.status(database_url, sets=sets)
    if not status.pending:
        return await gate.apply_proved(database_url, sets=sets) if status.troubles else Outcome([])
    try:
        return await gate.apply_proved(database_url, sets=sets, offline=True, progress=progress)
    except UnprovedError:
        rehearsal = await rehearse(database_url, sets=sets, backups=backups, offline=True, progress=progress)
    if not rehearsal.passed:
        errors = [str(each) for each in rehearsal.findings if each.severity == "error"]
        kept = f" A backup is in {rehearsal.backup}." if rehearsal.backup else ""
        raise UnprovedError(
            "This version's migrations do not work with your data, so nothing was changed: keep using the version "
            f"you had, and report this.{kept}\n" + "\n".join(errors)
        )
    return await gate.apply_proved(database_url, sets=sets, offline=True, progress=progress)
