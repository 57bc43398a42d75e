"""The operations by what they are about, as a platform offers them: ``platform.projects.create(...)``."""

from collections.abc import Awaitable, Callable
from types import MethodType
from typing import Concatenate, Generic, ParamSpec, TypeVar, overload

from freehold.actions import operations as actions
from freehold.api_keys import operations as api_keys
from freehold.audit import operations as audit
from freehold.audit import own_events
from freehold.audit.following import operations as following
from freehold.data.context import Context
from freehold.mail import operations as mail
from freehold.organizations import operations as organizations
from freehold.organizations.deletion import operations as deletion
from freehold.organizations.invitations import operations as invitations
from freehold.organizations.members import operations as members
from freehold.organizations.ownership import operations as ownership
from freehold.organizations.roles import operations as roles
from freehold.personal_data import operations as personal_data
from freehold.projects import operations as projects
from freehold.sessions import operations as sessions
from freehold.sessions.acting import operations as acting
from freehold.tokens import operations as tokens
from freehold.transfer import operations as transfer
from freehold.users import operations as users
from freehold.users.finding import operations as finding
from freehold.users.recovery import operations as recovery
from freehold.users.rights import operations as rights
from freehold.users.suspension import operations as suspension
from freehold.users.undoing import operations as undoing
from freehold.users.verification import operations as verification
from freehold.webhooks import operations as webhooks

P = ParamSpec("P")
R = TypeVar("R")


class Bound(Generic[P, R]):
    """An operation as a method, without the context that its group has."""

    def __init__(self, operation: Callable[Concatenate[Context, P], Awaitable[R]]) -> None:
        self._operation = operation
        self.__doc__ = operation.__doc__

    @overload
    def __get__(self, group: None, owner: type["Group"]) -> "Bound[P, R]": ...
    @overload
    def __get__(self, group: "Group", owner: type["Group"]) -> Callable[P, Awaitable[R]]: ...
    def __get__(self, group: "Group | None", owner: type["Group"]) -> "Bound[P, R] | Callable[P, Awaitable[R]]":
        """Return the operation on the group's context."""
        if group is None:
            return self
        method: Callable[P, Awaitable[R]] = MethodType(self._operation, group.context)
        return method


class Group:
    """Operations of one slice on one context."""

    def __init__(self, context: Context) -> None:
        self.context = context


class Users(Group):
    """Operations on users."""

    create = Bound(invitations.sign_up)
    get = Bound(users.get)
    get_with_organizations = Bound(users.get_with_organizations)
    find = Bound(users.find)
    any_admin = Bound(users.any_admin)
    list = Bound(finding.list_all)
    update = Bound(users.update)
    change_password = Bound(users.change_password)
    set_password = Bound(users.set_password)
    request_password_reset = Bound(recovery.request)
    send_password_reset = Bound(recovery.request_for)
    reset_password = Bound(recovery.complete)
    send_email_verification = Bound(verification.send_again)
    verify_email = Bound(verification.confirm)
    undo_email_change = Bound(undoing.undo)
    mark_verified = Bound(verification.mark_verified)
    suspend = Bound(suspension.suspend)
    resume = Bound(suspension.resume)
    get_suspension = Bound(suspension.get)
    grant_admin = Bound(rights.grant)
    revoke_admin = Bound(rights.revoke)
    export = Bound(personal_data.export)
    delete = Bound(personal_data.erase)


class Sessions(Group):
    """Sign in and out."""

    create = Bound(sessions.sign_in)
    refresh = Bound(sessions.refresh)
    impersonate = Bound(acting.begin)
    correct_email = Bound(sessions.correct_email)
    list = Bound(sessions.list_mine)
    list_of_user = Bound(sessions.list_of_user)
    end = Bound(sessions.end)
    end_of_user = Bound(sessions.end_of_user)
    end_others = Bound(sessions.end_others)


class Members(Group):
    """Operations on the members of an organization."""

    list = Bound(members.list_all)
    get = Bound(members.get)
    put = Bound(members.put)
    remove = Bound(members.remove)
    leave = Bound(members.leave)


class Invitations(Group):
    """Operations on the invitations to an organization."""

    list = Bound(invitations.list_all)
    get = Bound(invitations.get)
    create = Bound(invitations.create)
    resend = Bound(invitations.resend)
    revoke = Bound(invitations.revoke)
    create_many = Bound(invitations.create_many)
    preview = Bound(invitations.preview)
    list_of_user = Bound(invitations.list_of_user)
    decline_of_user = Bound(invitations.decline_of_user)
    decline = Bound(invitations.decline)
    accept = Bound(invitations.accept)


class OwnerOffers(Group):
    """Operations on the offer of an organization's ownership to a member."""

    create = Bound(ownership.offer)
    get = Bound(ownership.get)
    withdraw = Bound(ownership.withdraw)
    accept = Bound(ownership.accept)
    decline = Bound(ownership.decline)


class Roles(Group):
    """Operations on the roles of an organization."""

    list = Bound(roles.list_all)
    get = Bound(roles.get)
    create = Bound(roles.create)
    update = Bound(roles.update)
    delete = Bound(roles.delete)


class Audit(Group):
    """Operations on the audit log."""

    record = Bound(own_events.record)
    list_of_organization = Bound(audit.list_of_organization)
    list_of_accounts = Bound(audit.list_of_accounts)
    verify = Bound(audit.verify)
    heads = Bound(audit.heads)
    export = Bound(audit.export)
    read_events = Bound(following.read_events)
    read_events_of_organization = Bound(following.read_events_of_organization)


class OrganizationApiKeys(Group):
    """Operations on the API keys of an organization (service accounts)."""

    list = Bound(api_keys.list_of_organization)
    get = Bound(api_keys.get_of_organization)
    create = Bound(api_keys.create_for_organization)
    rotate = Bound(api_keys.rotate_of_organization)
    delete = Bound(api_keys.delete_of_organization)


class ApiKeys(Group):
    """Operations on the API keys of a user."""

    list = Bound(api_keys.list_of_user)
    get = Bound(api_keys.get_of_user)
    create = Bound(api_keys.create_for_user)
    rotate = Bound(api_keys.rotate_of_user)
    delete = Bound(api_keys.delete_of_user)


class OrganizationWebhooks(Group):
    """Operations on the webhook endpoints of an organization."""

    list = Bound(webhooks.list_of_organization)
    get = Bound(webhooks.get_of_organization)
    create = Bound(webhooks.create_for_organization)
    update = Bound(webhooks.update_of_organization)
    rotate_secret = Bound(webhooks.rotate_secret_of_organization)
    delete = Bound(webhooks.delete_of_organization)
    list_deliveries = Bound(webhooks.list_deliveries_of_organization)
    get_delivery = Bound(webhooks.get_delivery_of_organization)
    replay = Bound(webhooks.replay_of_organization)
    replay_delivery = Bound(webhooks.replay_delivery_of_organization)


class Webhooks(Group):
    """Operations on the webhook endpoints of the platform, for platform administrators."""

    list = Bound(webhooks.list_all)
    get = Bound(webhooks.get)
    create = Bound(webhooks.create)
    update = Bound(webhooks.update)
    rotate_secret = Bound(webhooks.rotate_secret)
    delete = Bound(webhooks.delete)
    list_deliveries = Bound(webhooks.list_deliveries)
    get_delivery = Bound(webhooks.get_delivery)
    replay = Bound(webhooks.replay)
    replay_delivery = Bound(webhooks.replay_delivery)


class Actions(Group):
    """Actions: Freehold's, and those that applications declared."""

    declare = Bound(actions.declare)
    list = Bound(actions.list_all)
    get = Bound(actions.get)
    delete = Bound(actions.delete)


class Organizations(Group):
    """Operations on organizations."""

    create = Bound(organizations.create)
    check_slug = Bound(organizations.check_slug)
    get = Bound(organizations.get)
    list = Bound(organizations.list_all)
    list_of_user = Bound(organizations.list_of_user)
    update = Bound(organizations.update)
    hand_over = Bound(ownership.hand_over)
    delete = Bound(deletion.delete)
    restore = Bound(deletion.restore)
    purge = Bound(deletion.purge)
    list_deleted = Bound(deletion.list_all)
    list_deleted_of_user = Bound(deletion.list_of_user)
    explain_access = Bound(roles.explain)

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.members = Members(context)
        self.roles = Roles(context)
        self.invitations = Invitations(context)
        self.owner_offers = OwnerOffers(context)
        self.api_keys = OrganizationApiKeys(context)
        self.webhooks = OrganizationWebhooks(context)


class Projects(Group):
    """Operations on projects."""

    create = Bound(projects.create)
    get = Bound(projects.get)
    list = Bound(projects.list_all)
    update = Bound(projects.update)
    delete = Bound(projects.delete)


class Tokens(Group):
    """Tokens for other services, and the keys that sign them."""

    create = Bound(tokens.create)
    public_keys = Bound(tokens.public_keys)
    list_keys = Bound(tokens.list_keys)
    rotate_key = Bound(tokens.rotate_key)


class Mail(Group):
    """Operations on the outbox, for platform administrators."""

    get = Bound(mail.get)
    list = Bound(mail.list_all)


class Transfer(Group):
    """Operations that import and export many rows."""

    import_file = Bound(transfer.import_file)
    export_file = Bound(transfer.export_file)
    import_system = Bound(transfer.import_system)
