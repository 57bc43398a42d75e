"""An offer of ownership."""

from datetime import datetime
from uuid import UUID

import msgspec

from freehold.users.types import UserSummary


class OwnerOffer(msgspec.Struct, frozen=True, kw_only=True):
    """Ownership of an organization that is offered to a member. Times are UTC.

    ``user`` can accept it until ``expires_at``. ``offered_by`` is the user who offered it; None for the operator and
    for an organization's API key. It works as long as whoever offered it could still hand the organization over.
    """

    organization_id: UUID
    user: UserSummary
    offered_by: UUID | None
    created_at: datetime
    expires_at: datetime
