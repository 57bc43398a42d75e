"""The platform: an open database with every operation on it, for HTTP, the command line and your own program alike."""

import logging
from asyncio import AbstractEventLoop
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from types import MethodType
from typing import Any, Concatenate, Final, Generic, ParamSpec, TypeVar, overload
from uuid import UUID

import msgspec

from freehold.access import Action, OrganizationRef, Scope, enter
from freehold.api_keys import operations as api_keys
from freehold.audit import operations as audit
from freehold.base.errors import Unauthenticated
from freehold.base.settings import Settings
from freehold.base.tokens import bearer_token
from freehold.base.version import VERSION
from freehold.counting import Counting, families
from freehold.credentials import actor_of
from freehold.data.context import OPERATOR, Actor, Context, Tools
from freehold.data.db import Database, Transaction, connect
from freehold.data.installation import require_current_schema, shared_key
from freehold.data.jobs import Job, running
from freehold.data.lending import GRACE_SECONDS
from freehold.data.paging import Cursors
from freehold.data.sql import statement_names
from freehold.mail import operations as mail
from freehold.mail.jobs import check_settings as check_mail_settings
from freehold.observe.observer import Observer
from freehold.observe.shared_metrics import SharedMetrics
from freehold.organizations import operations as organizations
from freehold.organizations.deletion import operations as deletion
from freehold.organizations.invitations import operations as invitations
from freehold.organizations.members import operations as members
from freehold.organizations.ownership import operations as ownership
from freehold.organizations.roles import operations as roles
from freehold.passwords.hashing import Passwords
from freehold.personal_data import operations as personal_data
from freehold.projects import operations as projects
from freehold.sessions import operations as sessions
from freehold.sessions.acting import operations as acting
from freehold.slices import SLICES, meanings
from freehold.transfer import operations as transfer
from freehold.users import operations as users
from freehold.users.finding import operations as finding
from freehold.users.recovery import operations as recovery
from freehold.users.rights import operations as rights
from freehold.users.suspension import operations as suspension
from freehold.users.undoing import operations as undoing
from freehold.users.verification import operations as verification

P = ParamSpec("P")
R = TypeVar("R")

_CURSOR_KEY: Final = "cursors"
_NEWER: Final = "this Freehold (%s) is older than the database: it does not know the migrations %s; upgrade it"

_log = logging.getLogger(__name__)


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

    list_of_organization = Bound(audit.list_of_organization)
    list_of_accounts = Bound(audit.list_of_accounts)
    verify = Bound(audit.verify)
    heads = Bound(audit.heads)
    export = Bound(audit.export)


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


class Organizations(Group):
    """Operations on organizations."""

    create = Bound(organizations.create)
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


class Projects(Group):
    """Operations on projects."""

    create = Bound(projects.create)
    get = Bound(projects.get)
    list = Bound(projects.list_all)
    update = Bound(projects.update)
    delete = Bound(projects.delete)


class Mail(Group):
    """Operations on the outbox, for platform administrators."""

    get = Bound(mail.get)
    list = Bound(mail.list_all)


class Transfer(Group):
    """Operations that import and export many rows."""

    import_file = Bound(transfer.import_file)
    export_file = Bound(transfer.export_file)
    import_system = Bound(transfer.import_system)


class Platform:
    """Users, organizations and projects on one database.

    It acts as the operator, who can do everything. Call ``acting_as`` to act as a user::

        async with Platform.open(database_url) as platform:
            ada = await platform.users.create(NewUser(username="ada", email="ada@example.com", password="Lovelace1"))
            acme = await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Acme"))
    """

    def __init__(self, context: Context) -> None:
        self.context = context
        self.users = Users(context)
        self.sessions = Sessions(context)
        self.organizations = Organizations(context)
        self.projects = Projects(context)
        self.api_keys = ApiKeys(context)
        self.audit = Audit(context)
        self.mail = Mail(context)
        self.transfer = Transfer(context)

    @classmethod
    @asynccontextmanager
    async def open(
        cls, database_url: str, *, settings: Settings | None = None, observer: Observer | None = None
    ) -> AsyncIterator["Platform"]:
        """Connect to a database, and close the connections at the end.

        Args:
            database_url: ``postgresql://user:password@host/name``.
            settings: by default, the default of each setting.
            observer: called with events. By default, it logs slow statements and collects published metrics.

        Raises:
            Unavailable: ``unavailable``: the database cannot be reached.
            SchemaPending: ``schema_pending``: the database lacks migrations.
            SettingError: the mail settings or your mail templates are not valid.
        """
        settings = settings or Settings()
        check_mail_settings(settings)
        observer = observer or observing(settings)
        database = await connect(
            database_url,
            meanings=meanings(),
            size=settings.pool_size,
            acquire_timeout_seconds=settings.acquire_timeout_seconds,
            statement_timeout_seconds=settings.statement_timeout_seconds,
            through_pgbouncer=settings.pgbouncer,
            observer=observer,
        )
        passwords = Passwords(
            threads=settings.password_threads,
            queue=settings.password_queue,
            refuse_common=settings.refuse_common_passwords,
            observer=observer,
        )
        try:
            if unknown := await require_current_schema(database):
                _log.warning(_NEWER, VERSION, ", ".join(sorted(unknown)))
            cursors = Cursors(await shared_key(database, _CURSOR_KEY))
            tools = Tools(settings=settings, passwords=passwords, cursors=cursors, observer=observer)
            yield cls(Context(db=database, tools=tools, actor=OPERATOR))
        finally:
            passwords.close()
            await database.close()

    def acting_as(self, actor: Actor | UUID | None) -> "Platform":
        """Return the same platform for another actor: a user, an API key, or None for somebody who is signed out.

        A user that you name by id has no session, and does not act as a platform administrator even if they are one.
        Nobody asks whether they are suspended: you vouch for them. To check a token, use ``authenticate``.
        """
        if isinstance(actor, UUID):
            actor = Actor(user_id=actor)
        return Platform(msgspec.structs.replace(self.context, actor=actor))

    async def authenticate(
        self,
        credentials: str | None,
        *,
        ip: str | None = None,
        user_agent: str | None = None,
        request_id: str | None = None,
    ) -> "Platform":
        """Return the same platform, acting as whoever sent these credentials.

        It asks the database every time, so that ending a session or revoking a key takes effect at once. Requests that
        arrive together share one query. If you take the token from the session's cookie, refuse changes that come
        from pages of other sites.

        Args:
            credentials: a session token, an API key, or a whole ``Authorization`` header (``Bearer TOKEN``). The
                value of the session's cookie is a session token. None is refused.
            ip: where the request came from, for the audit log.
            user_agent: the program that sent it, for the audit log.
            request_id: your name for the request, for the audit log.

        Raises:
            Unauthenticated: ``unauthenticated``: there are no credentials, or they are not (or no longer) valid.
            Unavailable: ``unavailable``: the database cannot be reached.
        """
        if not credentials:
            raise Unauthenticated
        token = bearer_token(credentials) if " " in credentials else credentials
        stranger = msgspec.structs.replace(
            self.context, actor=None, ip=ip, user_agent=user_agent, request_id=request_id
        )
        return Platform(msgspec.structs.replace(stranger, actor=await actor_of(stranger, token)))

    async def access(self, organization: OrganizationRef, action: Action | str) -> Scope:
        """Return what the actor is in an organization, if they may do something there.

        The check is the one that every operation makes, and as cheap: requests that arrive together share one query. A
        refusal is counted and logged like any other. A slug from before leads to the organization if the action is a
        ``.read``.

        Args:
            organization: its id or its slug.
            action: such as ``project.read``.

        Raises:
            ValueError: there is no such action.
            Unauthenticated: ``unauthenticated``: nobody is signed in.
            Missing: ``not_found``: there is no such organization, or the actor may not see it.
            Forbidden: ``forbidden``: the actor sees it and may not do this.
            Renamed: ``renamed``: the action changes something, and the organization has another slug now.
        """
        return await enter(self.context, organization, known_action(action))

    def within(self, connection: Any) -> "Platform":
        """Return the same platform inside your own transaction. Nothing is visible before you commit.

        Args:
            connection: an ``asyncpg.Connection`` on the same database, in a transaction that you started.
        """
        context = self.context
        inside = Transaction.within(
            connection,
            meanings=context.db.meanings,
            observer=context.tools.observer,
            answer_seconds=context.tools.settings.statement_timeout_seconds + GRACE_SECONDS,
        )
        return Platform(msgspec.structs.replace(context, db=inside))

    def working(self) -> AbstractAsyncContextManager[None]:
        """Run background jobs, such as mail delivery, until the context ends.

        The HTTP application does so while its lifespan runs. If you mount it in yours, or write a program without
        HTTP, use this::

            async with Platform.open(database_url) as platform, platform.working():
                ...
        """
        return running(every_job(), self.context)

    @property
    def loop(self) -> AbstractEventLoop | None:
        """The event loop that the platform was opened in, and works in; None inside your own transaction."""
        return self.context.db.loop if isinstance(self.context.db, Database) else None

    async def ready(self) -> None:
        """Return if the database answers and has every migration.

        Raises:
            Unavailable: ``unavailable``.
            SchemaPending: ``schema_pending``.
        """
        if isinstance(self.context.db, Database):
            await require_current_schema(self.context.db)


def known_action(action: Action | str) -> Action:
    """Return the action of this name.

    Raises:
        ValueError: there is none.
    """
    try:
        return Action(action)
    except ValueError:
        raise ValueError(f"There is no action '{action}': use one of {', '.join(Action)}") from None


def every_job() -> list[Job]:
    """List what slices do in the background."""
    return [job for each in SLICES for job in each.found("jobs", Job)]


def observing(settings: Settings) -> Observer:
    """Make the observer of a process that shares its counts with no other."""
    if settings.counts:
        return Counting(SharedMetrics(families()), slow_seconds=settings.slow_seconds)
    return Observer(statement_names(), slow_seconds=settings.slow_seconds)
