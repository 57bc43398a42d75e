"""What the engine refuses, each with a stable code and a message that says what to do next."""

from typing import ClassVar


class MigrateError(Exception):
    """The base of every error that the engine raises on purpose; its text is meant for people.

    Attributes:
        code: stable and machine-readable.
    """

    code: ClassVar[str] = "migrate_error"


class FormatError(MigrateError):
    """A migration file or folder is not well formed; the text begins with file and line."""

    code = "bad_migration_file"


class HistoryError(MigrateError):
    """What is recorded as applied does not fit the files: one was edited, removed or renamed."""

    code = "history_differs"


class TargetError(MigrateError):
    """The version to go back to is not one that is applied."""

    code = "unknown_target"


class ConnectError(MigrateError):
    """The database cannot be reached, or not in a way that guards anything (a connection pooler)."""

    code = "cannot_connect"


class LockedError(MigrateError):
    """Another runner is at work on this database; the text names its process."""

    code = "already_running"


class StepError(MigrateError):
    """PostgreSQL refused a statement; the text has file, line, PostgreSQL's words and what was rolled back."""

    code = "migration_failed"


class ProgramError(MigrateError):
    """A client program of PostgreSQL failed; the text has its words."""

    code = "program_failed"


class BackupError(MigrateError):
    """A backup could not be made, or is not what it was when it was made."""

    code = "bad_backup"


class StagingError(MigrateError):
    """No staging database could be made; the text says what permission or server is missing."""

    code = "no_staging"


class RightsError(MigrateError):
    """The database role may not do what the command needs; the text says what to grant, or which role to use."""

    code = "missing_rights"


class UnprovedError(MigrateError):
    """A rehearsal failed, or the evidence that apply needs is missing; the text has every reason and the remedy."""

    code = "unproved"


class BusyError(MigrateError):
    """Locks were not to be had in time, or were held for too long; the text says whose. Nothing of it was kept."""

    code = "blocked"


class DeclinedError(MigrateError):
    """The question was answered with no; nothing was changed."""

    code = "declined"
