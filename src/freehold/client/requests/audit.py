"""Operations on the audit log, as requests."""

# Generated from the library and the routes by `make renew`; a test compares it.

from uuid import UUID

from freehold.audit.types import AccountAuditPageRequest, AuditEvent, AuditPageRequest
from freehold.client.request import Request, part
from freehold.data.paging import Page


def audit_list_of_organization(organization: UUID | str, /, request: AuditPageRequest) -> Request[Page[AuditEvent]]:
    """List the audit events of an organization, newest first.

    ``GET /v1/organizations/{organization}/audit-events``.

    Raises:
        Missing: ``not_found``: the organization does not exist, or the actor cannot see it.
        Forbidden: ``forbidden``: the role of the actor lacks ``audit.read``.
        InvalidCursor: the cursor belongs to another list.
    """
    return Request("GET", f"/v1/organizations/{part(organization)}/audit-events", (Page[AuditEvent],), query=request)


def audit_list_of_accounts(request: AccountAuditPageRequest) -> Request[Page[AuditEvent]]:
    """List the audit events of accounts, outside organizations, newest first.

    ``GET /v1/audit-events``.

    Raises:
        Forbidden: ``forbidden``: the actor is not a platform administrator.
        InvalidCursor: the cursor belongs to another list.
    """
    return Request("GET", "/v1/audit-events", (Page[AuditEvent],), query=request)
