"""The audit log over HTTP."""

from freehold.access import OrganizationRef
from freehold.audit import operations
from freehold.audit.types import AccountAuditPageRequest, AuditEvent, AuditPageRequest
from freehold.base.errors import Forbidden, Missing
from freehold.data.context import Context
from freehold.data.paging import Page
from freehold.web.routing import Routes

routes = Routes("audit", "The audit log: who did what.")


@routes.get("/v1/organizations/{organization}/audit-events", errors=[Missing, Forbidden])
async def list_audit_events(
    context: Context, organization: OrganizationRef, query: AuditPageRequest
) -> Page[AuditEvent]:
    """List the audit events of an organization, newest first.

    Needs `audit.read`. Times are RFC 3339 with an offset. `from` is included, `to` is not.
    """
    return await operations.list_of_organization(context, organization, query)


@routes.get("/v1/audit-events", errors=[Forbidden])
async def list_account_audit_events(context: Context, query: AccountAuditPageRequest) -> Page[AuditEvent]:
    """List the audit events of accounts, outside organizations, newest first.

    For platform administrators.
    """
    return await operations.list_of_accounts(context, query)
