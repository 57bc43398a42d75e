"""What a rehearsal leaves behind, and whether it fits what is about to be applied."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from freehold.migrate import backup as backups
from freehold.migrate.catalog import READING, SchemaObject
from freehold.migrate.errors import BackupError, UnprovedError
from freehold.migrate.findings import Finding
from freehold.migrate.fingerprint import Fingerprint
from freehold.migrate.history import History
from freehold.migrate.prove import Proof, ProvedStep

LIFETIME = timedelta(hours=24)
"""How long evidence counts: production goes on changing."""

_REMEDY = "run 'freehold migrate rehearse'"


class Evidence(msgspec.Struct, frozen=True):
    """That some migrations were proved on a copy of a database, restored from its backup.

    Attributes:
        evidence_id: the backup's id.
        steps: the migrations in order, with the fingerprints of the schema around each.
        backup: the folder of the backup that was the staging copy.
        seal: the SHA-256 of its manifest.
        objects: the schema that the last step left.
        findings: notices; evidence with errors is never written.
        offline: it counts only while the application is stopped.
        reading: how the schema was read.
    """

    evidence_id: str
    created_at: datetime
    expires_at: datetime
    steps: list[ProvedStep]
    backup: str
    seal: str
    objects: list[SchemaObject]
    findings: list[Finding]
    offline: bool = False
    reading: str = ""
    format: int = 1

    @property
    def end(self) -> Fingerprint:
        """The fingerprint that production should have afterwards."""
        return self.steps[-1].after


def make(backup: backups.Backup, proof: Proof, found: list[Finding], *, offline: bool) -> Evidence:
    """Put a successful rehearsal into evidence, valid from now."""
    now = datetime.now(UTC)
    folder = str(backup.folder.absolute())
    return Evidence(
        backup.manifest.backup_id,
        now,
        now + LIFETIME,
        proof.steps,
        folder,
        backup.seal,
        proof.objects,
        found,
        offline,
        READING,
    )


def evidence_file(backup: Path) -> Path:
    """Where the evidence that stands on a backup lies: beside its folder."""
    return backup.with_name(f"{backup.name}.evidence.json")


def save(evidence: Evidence) -> Path:
    """Write evidence as a file for people and archives; the row in the database is what apply goes by.

    Raises:
        BackupError: it cannot be written.
    """
    path = evidence_file(Path(evidence.backup))
    try:
        path.write_bytes(msgspec.json.format(msgspec.json.encode(evidence), indent=1))
    except OSError as error:
        raise BackupError(f"Cannot write {path}: {error.strerror or error}") from None
    return path


def fitting(
    candidates: Sequence[Evidence], history: History, live: Fingerprint, *, offline: bool = False
) -> tuple[Evidence, list[ProvedStep]]:
    """Find the evidence that covers everything pending, from the schema as it is now.

    A migration that ended half-way is covered by the evidence under which it was begun: the schema may be anything
    between its before and after.

    Returns:
        The evidence, and those of its steps that are still to be done.

    Raises:
        UnprovedError: none fits; the text says what exactly is missing and which command makes it.
    """
    pending = [(*migration.key, migration.exact_checksum) for migration in history.pending]
    unfinished = {row.key for row in history.applied if row.state != "done"}
    reasons: list[str] = []
    for evidence in candidates:
        steps = evidence.steps[-len(pending) :]
        reason = _reason_against(evidence, steps, pending)
        if not reason and steps[0].before.logical != live.logical and steps[0].key not in unfinished:
            reason = "the database's schema is no longer the one that was rehearsed"
        if not reason and evidence.offline and not offline:
            reason = "it was rehearsed for a stopped application: stop it, then add --offline"
        if not reason:
            try:
                _check_backup(evidence)
            except BackupError as error:
                reason = str(error)
        if not reason:
            return evidence, steps
        reasons.append(f"evidence {evidence.evidence_id}: {reason}")
    if not reasons:
        reasons = ["these migrations were never rehearsed on a copy of this database"]
    raise UnprovedError("Not applied: " + "; ".join(reasons) + f".\nTo make new evidence, {_REMEDY}")


def _reason_against(evidence: Evidence, steps: Sequence[ProvedStep], pending: Sequence[tuple[str, str, str]]) -> str:
    proved = [(*step.key, step.checksum) for step in steps]
    if [key[:2] for key in proved] != [key[:2] for key in pending]:
        names = ", ".join(step.version for step in evidence.steps)
        return f"it is about other migrations ({names})"
    edited = [version for (_, version, was), (_, _, now) in zip(proved, pending, strict=True) if was != now]
    if edited:
        return f"edited since the rehearsal: {', '.join(edited)}"
    if evidence.reading != READING:
        return "it was made by another version of Freehold"
    if evidence.expires_at < datetime.now(UTC):
        return f"it expired at {evidence.expires_at:%Y-%m-%d %H:%M} UTC"
    return ""


def _check_backup(evidence: Evidence) -> None:
    backup = backups.verify(Path(evidence.backup))
    if backup.seal != evidence.seal:
        raise BackupError(f"the backup {evidence.backup} is not the one that was rehearsed")
