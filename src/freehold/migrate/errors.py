"""The errors of the engine, each with a stable code and a message that says what to do next."""

from typing import ClassVar


class MigrateError(Exception):
    """The base of every error that the engine raises on purpose. Its text is written for people.

    Attributes:
        code: stable and machine-readable.
    """

    code: ClassVar[str] = "migrate_error"


class FormatError(MigrateError):
    """A migration file or folder is not valid; the text starts with file and line."""

    code = "bad_migration_file"


class HistoryError(MigrateError):
    """The journal of applied migrations does not match the files: one was edited, removed or renamed."""

    code = "history_differs"


class TargetError(MigrateError):
    """The version to go back to is not applied."""

    code = "unknown_target"


class ConnectError(MigrateError):
    """The database cannot be reached, or only through a connection pooler, which the engine cannot work with."""

    code = "cannot_connect"


class LockedError(MigrateError):
    """Another run is working on this database; the text names its process."""

    code = "already_running"


class StepError(MigrateError):
    """PostgreSQL refused a statement; the text gives file, line, PostgreSQL's message and what was rolled back."""

    code = "migration_failed"


class BeyondError(StepError):
    """A step on a copy would change something outside of it: rolled back; the text has file, line and what."""


class ProgramError(MigrateError):
    """A PostgreSQL client program failed; the text gives its message."""

    code = "program_failed"


class BackupError(MigrateError):
    """A backup could not be made, or has changed since it was made."""

    code = "bad_backup"


class StagingError(MigrateError):
    """The staging database could not be created; the text says which permission or server is missing."""

    code = "no_staging"


class RightsError(MigrateError):
    """The database role lacks a permission; the text says what to grant, or which role to use."""

    code = "missing_rights"


class UnprovedError(MigrateError):
    """A rehearsal failed, or `apply` has no evidence of one; the text gives every reason and what to do."""

    code = "unproved"


class BusyError(MigrateError):
    """A lock could not be taken in time, or was held for too long; the text says by whom. Nothing was changed."""

    code = "blocked"


class DeclinedError(MigrateError):
    """You answered no, so nothing was changed."""

    code = "declined"
