"""The operations by what they are about, without ``await``: ``platform.projects.create(...)``."""

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
from freehold.client.sending import Downloaded, Group, Sender, Sent


class Members(Group):
    """Operations on the members of an organization."""

    list = Sent(organizations_members.members_list)
    get = Sent(organizations_members.members_get)
    put = Sent(organizations_members.members_put)
    remove = Sent(organizations_members.members_remove)
    leave = Sent(organizations_members.members_leave)


class Roles(Group):
    """Operations on the roles of an organization."""

    list = Sent(organizations_roles.roles_list)
    get = Sent(organizations_roles.roles_get)
    create = Sent(organizations_roles.roles_create)
    update = Sent(organizations_roles.roles_update)
    delete = Sent(organizations_roles.roles_delete)


class Invitations(Group):
    """Operations on the invitations to an organization."""

    list = Sent(organizations_invitations.invitations_list)
    get = Sent(organizations_invitations.invitations_get)
    create = Sent(organizations_invitations.invitations_create)
    resend = Sent(organizations_invitations.invitations_resend)
    revoke = Sent(organizations_invitations.invitations_revoke)
    create_many = Sent(organizations_invitations.invitations_create_many)
    preview = Sent(organizations_invitations.invitations_preview)
    list_of_user = Sent(organizations_invitations.invitations_list_of_user)
    decline_of_user = Sent(organizations_invitations.invitations_decline_of_user)
    decline = Sent(organizations_invitations.invitations_decline)
    accept = Sent(organizations_invitations.invitations_accept)


class OwnerOffers(Group):
    """Operations on the offer of an organization's ownership to a member."""

    create = Sent(organizations_owner_offers.owner_offers_create)
    get = Sent(organizations_owner_offers.owner_offers_get)
    withdraw = Sent(organizations_owner_offers.owner_offers_withdraw)
    accept = Sent(organizations_owner_offers.owner_offers_accept)
    decline = Sent(organizations_owner_offers.owner_offers_decline)


class OrganizationApiKeys(Group):
    """Operations on the API keys of an organization (service accounts)."""

    list = Sent(organizations_api_keys.api_keys_list)
    get = Sent(organizations_api_keys.api_keys_get)
    create = Sent(organizations_api_keys.api_keys_create)
    rotate = Sent(organizations_api_keys.api_keys_rotate)
    delete = Sent(organizations_api_keys.api_keys_delete)


class OrganizationWebhooks(Group):
    """Operations on the webhook endpoints of an organization."""

    list = Sent(organizations_webhooks.webhooks_list)
    get = Sent(organizations_webhooks.webhooks_get)
    create = Sent(organizations_webhooks.webhooks_create)
    update = Sent(organizations_webhooks.webhooks_update)
    rotate_secret = Sent(organizations_webhooks.webhooks_rotate_secret)
    delete = Sent(organizations_webhooks.webhooks_delete)
    list_deliveries = Sent(organizations_webhooks.webhooks_list_deliveries)
    get_delivery = Sent(organizations_webhooks.webhooks_get_delivery)
    replay = Sent(organizations_webhooks.webhooks_replay)
    replay_delivery = Sent(organizations_webhooks.webhooks_replay_delivery)


class Users(Group):
    """Operations on users."""

    create = Sent(users.users_create)
    get = Sent(users.users_get)
    get_with_organizations = Sent(users.users_get_with_organizations)
    list = Sent(users.users_list)
    update = Sent(users.users_update)
    change_password = Sent(users.users_change_password)
    request_password_reset = Sent(users.users_request_password_reset)
    send_password_reset = Sent(users.users_send_password_reset)
    reset_password = Sent(users.users_reset_password)
    send_email_verification = Sent(users.users_send_email_verification)
    verify_email = Sent(users.users_verify_email)
    undo_email_change = Sent(users.users_undo_email_change)
    mark_verified = Sent(users.users_mark_verified)
    suspend = Sent(users.users_suspend)
    resume = Sent(users.users_resume)
    get_suspension = Sent(users.users_get_suspension)
    grant_admin = Sent(users.users_grant_admin)
    revoke_admin = Sent(users.users_revoke_admin)
    export = Downloaded(users.users_export)
    delete = Sent(users.users_delete)


class Sessions(Group):
    """Sign in and out."""

    create = Sent(sessions.sessions_create)
    refresh = Sent(sessions.sessions_refresh)
    impersonate = Sent(sessions.sessions_impersonate)
    correct_email = Sent(sessions.sessions_correct_email)
    list = Sent(sessions.sessions_list)
    list_of_user = Sent(sessions.sessions_list_of_user)
    end = Sent(sessions.sessions_end)
    end_of_user = Sent(sessions.sessions_end_of_user)
    end_others = Sent(sessions.sessions_end_others)


class Organizations(Group):
    """Operations on organizations."""

    create = Sent(organizations.organizations_create)
    check_slug = Sent(organizations.organizations_check_slug)
    get = Sent(organizations.organizations_get)
    list = Sent(organizations.organizations_list)
    list_of_user = Sent(organizations.organizations_list_of_user)
    update = Sent(organizations.organizations_update)
    hand_over = Sent(organizations.organizations_hand_over)
    delete = Sent(organizations.organizations_delete)
    restore = Sent(organizations.organizations_restore)
    purge = Sent(organizations.organizations_purge)
    list_deleted = Sent(organizations.organizations_list_deleted)
    list_deleted_of_user = Sent(organizations.organizations_list_deleted_of_user)
    explain_access = Sent(organizations.organizations_explain_access)

    def __init__(self, sender: Sender) -> None:
        super().__init__(sender)
        self.members = Members(sender)
        self.roles = Roles(sender)
        self.invitations = Invitations(sender)
        self.owner_offers = OwnerOffers(sender)
        self.api_keys = OrganizationApiKeys(sender)
        self.webhooks = OrganizationWebhooks(sender)


class Projects(Group):
    """Operations on projects."""

    create = Sent(projects.projects_create)
    get = Sent(projects.projects_get)
    list = Sent(projects.projects_list)
    update = Sent(projects.projects_update)
    delete = Sent(projects.projects_delete)


class Actions(Group):
    """Actions: Freehold's, and those that applications declared."""

    list = Sent(actions.actions_list)
    get = Sent(actions.actions_get)


class ApiKeys(Group):
    """Operations on the API keys of a user."""

    list = Sent(api_keys.api_keys_list)
    get = Sent(api_keys.api_keys_get)
    create = Sent(api_keys.api_keys_create)
    rotate = Sent(api_keys.api_keys_rotate)
    delete = Sent(api_keys.api_keys_delete)


class Tokens(Group):
    """Tokens for other services, and the keys that sign them."""

    create = Sent(tokens.tokens_create)
    public_keys = Sent(tokens.tokens_public_keys)


class Audit(Group):
    """Operations on the audit log."""

    list_of_organization = Sent(audit.audit_list_of_organization)
    list_of_accounts = Sent(audit.audit_list_of_accounts)


class Webhooks(Group):
    """Operations on the webhook endpoints of the platform, for platform administrators."""

    list = Sent(webhooks.webhooks_list)
    get = Sent(webhooks.webhooks_get)
    create = Sent(webhooks.webhooks_create)
    update = Sent(webhooks.webhooks_update)
    rotate_secret = Sent(webhooks.webhooks_rotate_secret)
    delete = Sent(webhooks.webhooks_delete)
    list_deliveries = Sent(webhooks.webhooks_list_deliveries)
    get_delivery = Sent(webhooks.webhooks_get_delivery)
    replay = Sent(webhooks.webhooks_replay)
    replay_delivery = Sent(webhooks.webhooks_replay_delivery)


class Groups:
    """Every group of operations that HTTP offers."""

    def __init__(self, sender: Sender) -> None:
        self.users = Users(sender)
        self.sessions = Sessions(sender)
        self.organizations = Organizations(sender)
        self.projects = Projects(sender)
        self.actions = Actions(sender)
        self.api_keys = ApiKeys(sender)
        self.tokens = Tokens(sender)
        self.audit = Audit(sender)
        self.webhooks = Webhooks(sender)
