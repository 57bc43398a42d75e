"""The operations by what they are about, with ``await``: ``platform.projects.create(...)``."""

# Generated from the library and the routes by `make renew`; a test compares it.

from freehold.client.requests import (
    actions,
    api_keys,
    audit,
    organizations,
    organizations_api_keys,
    organizations_invitations,
    organizations_members,
    organizations_owner_offers,
    organizations_roles,
    organizations_webhooks,
    projects,
    sessions,
    tokens,
    users,
    webhooks,
)
from freehold.client.sending import AsyncDownloaded, AsyncGroup, AsyncSender, AsyncSent


class Members(AsyncGroup):
    """Operations on the members of an organization."""

    list = AsyncSent(organizations_members.members_list)
    get = AsyncSent(organizations_members.members_get)
    put = AsyncSent(organizations_members.members_put)
    remove = AsyncSent(organizations_members.members_remove)
    leave = AsyncSent(organizations_members.members_leave)


class Roles(AsyncGroup):
    """Operations on the roles of an organization."""

    list = AsyncSent(organizations_roles.roles_list)
    get = AsyncSent(organizations_roles.roles_get)
    create = AsyncSent(organizations_roles.roles_create)
    update = AsyncSent(organizations_roles.roles_update)
    delete = AsyncSent(organizations_roles.roles_delete)


class Invitations(AsyncGroup):
    """Operations on the invitations to an organization."""

    list = AsyncSent(organizations_invitations.invitations_list)
    get = AsyncSent(organizations_invitations.invitations_get)
    create = AsyncSent(organizations_invitations.invitations_create)
    resend = AsyncSent(organizations_invitations.invitations_resend)
    revoke = AsyncSent(organizations_invitations.invitations_revoke)
    create_many = AsyncSent(organizations_invitations.invitations_create_many)
    preview = AsyncSent(organizations_invitations.invitations_preview)
    list_of_user = AsyncSent(organizations_invitations.invitations_list_of_user)
    decline_of_user = AsyncSent(organizations_invitations.invitations_decline_of_user)
    decline = AsyncSent(organizations_invitations.invitations_decline)
    accept = AsyncSent(organizations_invitations.invitations_accept)


class OwnerOffers(AsyncGroup):
    """Operations on the offer of an organization's ownership to a member."""

    create = AsyncSent(organizations_owner_offers.owner_offers_create)
    get = AsyncSent(organizations_owner_offers.owner_offers_get)
    withdraw = AsyncSent(organizations_owner_offers.owner_offers_withdraw)
    accept = AsyncSent(organizations_owner_offers.owner_offers_accept)
    decline = AsyncSent(organizations_owner_offers.owner_offers_decline)


class OrganizationApiKeys(AsyncGroup):
    """Operations on the API keys of an organization (service accounts)."""

    list = AsyncSent(organizations_api_keys.api_keys_list)
    get = AsyncSent(organizations_api_keys.api_keys_get)
    create = AsyncSent(organizations_api_keys.api_keys_create)
    rotate = AsyncSent(organizations_api_keys.api_keys_rotate)
    delete = AsyncSent(organizations_api_keys.api_keys_delete)


class OrganizationWebhooks(AsyncGroup):
    """Operations on the webhook endpoints of an organization."""

    list = AsyncSent(organizations_webhooks.webhooks_list)
    get = AsyncSent(organizations_webhooks.webhooks_get)
    create = AsyncSent(organizations_webhooks.webhooks_create)
    update = AsyncSent(organizations_webhooks.webhooks_update)
    rotate_secret = AsyncSent(organizations_webhooks.webhooks_rotate_secret)
    delete = AsyncSent(organizations_webhooks.webhooks_delete)
    list_deliveries = AsyncSent(organizations_webhooks.webhooks_list_deliveries)
    get_delivery = AsyncSent(organizations_webhooks.webhooks_get_delivery)
    replay = AsyncSent(organizations_webhooks.webhooks_replay)
    replay_delivery = AsyncSent(organizations_webhooks.webhooks_replay_delivery)


class Users(AsyncGroup):
    """Operations on users."""

    create = AsyncSent(users.users_create)
    get = AsyncSent(users.users_get)
    get_with_organizations = AsyncSent(users.users_get_with_organizations)
    list = AsyncSent(users.users_list)
    update = AsyncSent(users.users_update)
    change_password = AsyncSent(users.users_change_password)
    request_password_reset = AsyncSent(users.users_request_password_reset)
    send_password_reset = AsyncSent(users.users_send_password_reset)
    reset_password = AsyncSent(users.users_reset_password)
    send_email_verification = AsyncSent(users.users_send_email_verification)
    verify_email = AsyncSent(users.users_verify_email)
    undo_email_change = AsyncSent(users.users_undo_email_change)
    mark_verified = AsyncSent(users.users_mark_verified)
    suspend = AsyncSent(users.users_suspend)
    resume = AsyncSent(users.users_resume)
    get_suspension = AsyncSent(users.users_get_suspension)
    grant_admin = AsyncSent(users.users_grant_admin)
    revoke_admin = AsyncSent(users.users_revoke_admin)
    export = AsyncDownloaded(users.users_export)
    delete = AsyncSent(users.users_delete)


class Sessions(AsyncGroup):
    """Sign in and out."""

    create = AsyncSent(sessions.sessions_create)
    refresh = AsyncSent(sessions.sessions_refresh)
    impersonate = AsyncSent(sessions.sessions_impersonate)
    correct_email = AsyncSent(sessions.sessions_correct_email)
    list = AsyncSent(sessions.sessions_list)
    list_of_user = AsyncSent(sessions.sessions_list_of_user)
    end = AsyncSent(sessions.sessions_end)
    end_of_user = AsyncSent(sessions.sessions_end_of_user)
    end_others = AsyncSent(sessions.sessions_end_others)


class Organizations(AsyncGroup):
    """Operations on organizations."""

    create = AsyncSent(organizations.organizations_create)
    check_slug = AsyncSent(organizations.organizations_check_slug)
    get = AsyncSent(organizations.organizations_get)
    list = AsyncSent(organizations.organizations_list)
    list_of_user = AsyncSent(organizations.organizations_list_of_user)
    update = AsyncSent(organizations.organizations_update)
    hand_over = AsyncSent(organizations.organizations_hand_over)
    delete = AsyncSent(organizations.organizations_delete)
    restore = AsyncSent(organizations.organizations_restore)
    purge = AsyncSent(organizations.organizations_purge)
    list_deleted = AsyncSent(organizations.organizations_list_deleted)
    list_deleted_of_user = AsyncSent(organizations.organizations_list_deleted_of_user)
    explain_access = AsyncSent(organizations.organizations_explain_access)

    def __init__(self, sender: AsyncSender) -> None:
        super().__init__(sender)
        self.members = Members(sender)
        self.roles = Roles(sender)
        self.invitations = Invitations(sender)
        self.owner_offers = OwnerOffers(sender)
        self.api_keys = OrganizationApiKeys(sender)
        self.webhooks = OrganizationWebhooks(sender)


class Projects(AsyncGroup):
    """Operations on projects."""

    create = AsyncSent(projects.projects_create)
    get = AsyncSent(projects.projects_get)
    list = AsyncSent(projects.projects_list)
    update = AsyncSent(projects.projects_update)
    delete = AsyncSent(projects.projects_delete)


class Actions(AsyncGroup):
    """Actions: Freehold's, and those that applications declared."""

    list = AsyncSent(actions.actions_list)
    get = AsyncSent(actions.actions_get)


class ApiKeys(AsyncGroup):
    """Operations on the API keys of a user."""

    list = AsyncSent(api_keys.api_keys_list)
    get = AsyncSent(api_keys.api_keys_get)
    create = AsyncSent(api_keys.api_keys_create)
    rotate = AsyncSent(api_keys.api_keys_rotate)
    delete = AsyncSent(api_keys.api_keys_delete)


class Tokens(AsyncGroup):
    """Tokens for other services, and the keys that sign them."""

    create = AsyncSent(tokens.tokens_create)
    public_keys = AsyncSent(tokens.tokens_public_keys)


class Audit(AsyncGroup):
    """Operations on the audit log."""

    list_of_organization = AsyncSent(audit.audit_list_of_organization)
    list_of_accounts = AsyncSent(audit.audit_list_of_accounts)


class Webhooks(AsyncGroup):
    """Operations on the webhook endpoints of the platform, for platform administrators."""

    list = AsyncSent(webhooks.webhooks_list)
    get = AsyncSent(webhooks.webhooks_get)
    create = AsyncSent(webhooks.webhooks_create)
    update = AsyncSent(webhooks.webhooks_update)
    rotate_secret = AsyncSent(webhooks.webhooks_rotate_secret)
    delete = AsyncSent(webhooks.webhooks_delete)
    list_deliveries = AsyncSent(webhooks.webhooks_list_deliveries)
    get_delivery = AsyncSent(webhooks.webhooks_get_delivery)
    replay = AsyncSent(webhooks.webhooks_replay)
    replay_delivery = AsyncSent(webhooks.webhooks_replay_delivery)


class AsyncGroups:
    """Every group of operations that HTTP offers."""

    def __init__(self, sender: AsyncSender) -> None:
        self.users = Users(sender)
        self.sessions = Sessions(sender)
        self.organizations = Organizations(sender)
        self.projects = Projects(sender)
        self.actions = Actions(sender)
        self.api_keys = ApiKeys(sender)
        self.tokens = Tokens(sender)
        self.audit = Audit(sender)
        self.webhooks = Webhooks(sender)
