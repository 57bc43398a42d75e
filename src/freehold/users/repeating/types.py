"""A token that was used."""

from uuid import UUID

import msgspec


class Used(msgspec.Struct, frozen=True):
    """Who has used a token, for what, and whether their account has no password since."""

    user_id: UUID | None
    organization_id: UUID | None
    email: str | None
    is_locked: bool
