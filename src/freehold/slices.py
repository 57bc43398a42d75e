"""Every slice of the platform, listed once: the library, the server, the command line and the linter read this."""

from typing import TYPE_CHECKING, Final

from freehold.actions import SLICE as ACTIONS
from freehold.api_keys import SLICE as API_KEYS
from freehold.audit import SLICE as AUDIT
from freehold.base.slices import Slice
from freehold.demo import SLICE as DEMO
from freehold.doctor import SLICE as DOCTOR
from freehold.idempotency import SLICE as IDEMPOTENCY
from freehold.limits import SLICE as LIMITS
from freehold.mail import SLICE as MAIL
from freehold.organizations import SLICE as ORGANIZATIONS
from freehold.personal_data import SLICE as PERSONAL_DATA
from freehold.projects import SLICE as PROJECTS
from freehold.sessions import SLICE as SESSIONS
from freehold.tenants import SLICE as TENANTS
from freehold.tokens import SLICE as TOKENS
from freehold.transfer import SLICE as TRANSFER
from freehold.users import SLICE as USERS
from freehold.webhooks import SLICE as WEBHOOKS

if TYPE_CHECKING:
    from freehold.base.errors import Meaning

SLICES: Final[tuple[Slice, ...]] = (
    USERS,
    SESSIONS,
    ORGANIZATIONS,
    ACTIONS,
    API_KEYS,
    PROJECTS,
    PERSONAL_DATA,
    TOKENS,
    AUDIT,
    WEBHOOKS,
    TRANSFER,
    DOCTOR,
    TENANTS,
    DEMO,
    MAIL,
    LIMITS,
    IDEMPOTENCY,
)
"""In the order of the documentation."""


def meanings() -> "dict[str, Meaning]":
    """Say what breaking each constraint of the database means."""
    return {constraint: meaning for each in SLICES for constraint, meaning in each.meanings().items()}
