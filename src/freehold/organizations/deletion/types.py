"""A deleted organization."""

from datetime import datetime

from freehold.users.types import OrganizationSummary


class DeletedOrganization(OrganizationSummary, frozen=True, kw_only=True):
    """A deleted organization, which can be restored until ``restorable_until``. Times are UTC."""

    deleted_at: datetime
    restorable_until: datetime
