"""What a check is: it looks at a patient, and gives what it finds."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final

import msgspec

from freehold.audit.types import AuditHead
from freehold.base.settings import Settings
from freehold.data.db import Database
from freehold.doctor.types import Finding, Server, Severity
from freehold.migrate import Memory

LOCAL: Final = frozenset({"", "localhost", "127.0.0.1", "::1"})
"""Hosts that are this machine."""


class Patient(msgspec.Struct, frozen=True, kw_only=True):
    """An installation, as the checks see it.

    Attributes:
        settings: of this process; the server's are the same where it has the same environment.
        url: of the database.
        db: the database, open.
        server: what its server says of itself.
        heads: where audit chains ended when somebody last kept that elsewhere.
        memory: keeps what was found out about the schema, for who examines often.
    """

    settings: Settings
    url: str
    db: Database
    server: Server
    heads: Sequence[AuditHead] = ()
    memory: Memory | None = None

    @property
    def is_embedded(self) -> bool:
        """Whether the database is the embedded one."""
        return self.settings.database_url is None


Check = Callable[[Patient], AsyncIterator[Finding]]


def finding(name: Check, severity: Severity, says: str, remedy: str) -> Finding:
    """Put what a check finds into words."""
    return Finding(check=name.__name__, severity=severity, says=says, remedy=remedy)
