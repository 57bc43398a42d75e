"""All pages of the console, for the server."""

from typing import Final

from freehold.console.account import account
from freehold.console.audit import audit
from freehold.console.first import first
from freehold.console.keys import keys
from freehold.console.members import members
from freehold.console.platform_database import platform_database
from freehold.console.platform_growth import platform_growth
from freehold.console.platform_mail import platform_mail
from freehold.console.platform_organizations import platform_organizations
from freehold.console.platform_users import platform_users
from freehold.console.projects import projects
from freehold.console.roles import roles
from freehold.console.settings import settings
from freehold.console.start import start
from freehold.console.webhook_deliveries import webhook_deliveries
from freehold.console.webhooks import webhooks
from freehold.pages.declaring import Pages

CONSOLE: Final[tuple[Pages, ...]] = (
    first,
    start,
    projects,
    members,
    roles,
    keys,
    webhooks,
    webhook_deliveries,
    audit,
    settings,
    account,
    platform_users,
    platform_organizations,
    platform_mail,
    platform_growth,
    platform_database,
)
