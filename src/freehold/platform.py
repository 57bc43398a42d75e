"""The platform: an open database with every operation on it, for HTTP, the command line and your own program alike."""

import logging
from asyncio import AbstractEventLoop
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import msgspec

from freehold.access import Action, OrganizationRef, Scope, enter, in_scope, own_actions, readable_action
from freehold.actions.types import ActionDeclaration
from freehold.base.errors import Unauthenticated
from freehold.base.settings import Settings
from freehold.base.tokens import bearer_token
from freehold.base.version import VERSION
from freehold.counting import Counting, families
from freehold.credentials import authenticated
from freehold.data.context import OPERATOR, Actor, Context, Tools
from freehold.data.db import Database, Transaction
from freehold.data.hooks import Erasure, Hook, Purge
from freehold.data.installation import require_current_schema, shared_key
from freehold.data.jobs import Job, running
from freehold.data.lending import GRACE_SECONDS
from freehold.data.paging import Cursors
from freehold.data.replicated import open_database
from freehold.data.sql import statement_names
from freehold.groups import (
    Actions,
    ApiKeys,
    Audit,
    Mail,
    Organizations,
    Projects,
    Sessions,
    Tokens,
    Transfer,
    Users,
    Webhooks,
)
from freehold.mail.jobs import check_settings as check_mail_settings
from freehold.observe.observer import Observer
from freehold.observe.shared_metrics import SharedMetrics
from freehold.passwords.breached import open_breached
from freehold.passwords.hashing import Passwords
from freehold.slices import SLICES, meanings
from freehold.webhooks.jobs import check_settings as check_webhook_settings

_CURSOR_KEY: Final = "cursors"
_NEWER: Final = "this Freehold (%s) is older than the database: it does not know the migrations %s; upgrade it"

_log = logging.getLogger(__name__)


class Platform:
    """Users, organizations and projects on one database.

    It acts as the operator, who can do everything. Call ``acting_as`` to act as a user::

        async with Platform.open(database_url) as platform:
            ada = await platform.users.create(NewUser(username="ada", email="ada@example.com", password="Lovelace1"))
            acme = await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Acme"))
    """

    users: Users
    sessions: Sessions
    organizations: Organizations
    projects: Projects
    actions: Actions
    api_keys: ApiKeys
    tokens: Tokens
    audit: Audit
    mail: Mail
    webhooks: Webhooks
    transfer: Transfer

    def __init__(self, context: Context) -> None:
        self.context = context

    if not TYPE_CHECKING:  # for a type checker there is what is declared above, and nothing else

        def __getattr__(self, name: str) -> Any:
            """Make the groups of operations when the first is asked for: most platforms act once, for one request."""
            groups = Platform.__annotations__  # what is declared above
            if name not in groups:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)
            vars(self).update({each: group(self.context) for each, group in groups.items()})
            return vars(self)[name]

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        database_url: str,
        *,
        settings: Settings | None = None,
        observer: Observer | None = None,
        actions: ActionDeclaration | None = None,
    ) -> AsyncIterator["Platform"]:
        """Connect to a database, and close the connections at the end.

        Args:
            database_url: ``postgresql://user:password@host/name``. It can name several hosts, of which one is the
                primary at a time.
            settings: by default, the default of each setting. ``replica_urls`` names standbys that answer reads.
            observer: called with events. By default, it logs slow statements and collects published metrics.
            actions: your application's own, such as ``invoice.read``; see ``actions.declare``.

        Raises:
            Unavailable: ``unavailable``: the database cannot be reached.
            SchemaPending: ``schema_pending``: the database lacks migrations.
            SettingError: settings of mail or webhooks, mail templates, or the file of breached passwords are not valid.
            ActionTaken, ActionChanged, TooManyActions: your actions cannot be declared.
        """
        settings = settings or Settings()
        check_mail_settings(settings)
        check_webhook_settings(settings)
        breached = open_breached(settings.breached_passwords) if settings.breached_passwords else None
        observer = observer or observing(settings)
        database = await open_database(
            database_url,
            settings.replicas,
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
            rule=settings.password_rule,
            refuse_common=settings.refuse_common_passwords,
            breached=breached,
            observer=observer,
        )
        try:
            if unknown := await require_current_schema(database):
                _log.warning(_NEWER, VERSION, ", ".join(sorted(unknown)))
            cursors = Cursors(await shared_key(database, _CURSOR_KEY))
            tools = Tools(settings=settings, passwords=passwords, cursors=cursors, observer=observer)
            platform = cls(Context(db=database, tools=tools, actor=OPERATOR))
            if actions is not None:
                await platform.actions.declare(actions)
            await own_actions(platform.context)  # so that no request has to read them first
            yield platform
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
        position: str | None = None,
        organization: OrganizationRef | None = None,
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
            position: of the caller's last write, where there are replicas; see ``since``. Without it, they read
                nothing older than what is stored when they ask.
            organization: where you call ``access`` to read right after, by id or slug. It joins the same query.

        Raises:
            Unauthenticated: ``unauthenticated``: there are no credentials, or they are not (or no longer) valid.
            Unavailable: ``unavailable``: the database cannot be reached.
        """
        if not credentials:
            raise Unauthenticated
        token = bearer_token(credentials) if " " in credentials else credentials
        db = self.context.db.since(position) if isinstance(self.context.db, Database) else self.context.db
        stranger = msgspec.structs.replace(
            self.context, db=db, actor=None, ip=ip, user_agent=user_agent, request_id=request_id
        )
        return Platform(await authenticated(stranger, token, organization))

    @property
    def position(self) -> str | None:
        """The position of the last write of this platform, or of those it was made from; None without replicas.

        Reads of this platform are never older than it. Give it to another process to continue there with ``since``.
        Over HTTP it is the header ``Freehold-Position``.
        """
        mark = self.context.db.mark if isinstance(self.context.db, Database) else None
        return mark.text if mark else None

    def since(self, position: str | None) -> "Platform":
        """Return the same platform for somebody whose last write has this position, whatever others write.

        Their reads can be answered by replicas that have replayed up to it, and see what is at most a second old.

        Args:
            position: from ``Platform.position`` or the header ``Freehold-Position``. With None, reads see what is
                stored when they are made.
        """
        if not isinstance(self.context.db, Database):
            return self
        return Platform(msgspec.structs.replace(self.context, db=self.context.db.since(position)))

    async def access(self, organization: OrganizationRef, action: Action | str) -> Scope:
        """Return what the actor is in an organization, if they may do something there.

        The check is the one that every operation makes, and as cheap: requests that arrive together share one query. A
        refusal is counted and logged like any other. A slug from before leads to the organization if the action is a
        ``.read``.

        Args:
            organization: its id or its slug.
            action: such as ``project.read``, or one of your own such as ``invoice.read``.

        Raises:
            ValueError: there is no such action: it is not one of Freehold's, and no application declared it.
            Unauthenticated: ``unauthenticated``: nobody is signed in.
            Missing: ``not_found``: there is no such organization, or the actor may not see it.
            Forbidden: ``forbidden``: the actor sees it and may not do this.
            Renamed: ``renamed``: the action changes something, and the organization has another slug now.
        """
        return await enter(self.context, organization, readable_action(action))

    def within(self, connection: Any) -> "Platform":
        """Return the same platform inside your own transaction. Nothing is visible before you commit.

        Args:
            connection: on the same database, in a transaction that you started: of asyncpg, of psycopg 3
                (``AsyncConnection``), or of SQLAlchemy (``AsyncConnection`` or ``AsyncSession``, on either driver).

        Raises:
            TypeError: it is another kind of connection.
            ValueError: it is in no transaction, so that each change would be stored by itself.
            RuntimeError: it belongs to another event loop.
        """
        context = self.context
        inside = Transaction.within(
            connection,
            meanings=context.db.meanings,
            observer=context.tools.observer,
            answer_seconds=context.tools.settings.statement_timeout_seconds + GRACE_SECONDS,
            is_citus=context.db.is_citus,
        )
        return Platform(msgspec.structs.replace(context, db=inside))

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Any]:
        """Lend a connection of the pool for statements of your own: ``async with platform.connection() as connection``.

        It is an asyncpg connection. What you leave in it (settings, locks, temporary tables, an open transaction) is
        undone before anybody else gets it; where that fails, it is closed. Statements have the limits of Freehold's
        own (``FREEHOLD_STATEMENT_TIMEOUT_SECONDS``). Behind PgBouncer, set nothing for longer than a transaction.
        Inside your own transaction (``within``), you get your own connection, and what fails is undone alone.

        Raises:
            Unavailable: ``unavailable``: there is no connection to be had.
        """
        db = self.context.db
        async with db.handed(begin=False) if isinstance(db, Database) else db.handed() as connection:
            yield connection

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        """Begin a transaction on a connection of the pool, and commit it at the end; roll it back when the work fails.

        Errors of your own statements are raised as they are. See ``connection`` for limits. Pass the connection to
        ``within`` to change something of Freehold's in the same transaction::

            async with platform.transaction() as connection:
                project = await platform.within(connection).projects.create("acme", NewProject(name="Rocket"))
                await connection.execute("INSERT INTO notes VALUES ($1, $2)", project.id, "Check the valves")

        Raises:
            Unavailable: ``unavailable``: there is no connection to be had, or it broke; nothing is stored.
            OutcomeUnknown: ``outcome_unknown``: the answer to COMMIT got lost.
        """
        async with self.context.db.handed() as connection:
            yield connection

    @asynccontextmanager
    async def in_organization(
        self, organization: OrganizationRef, action: Action | str = Action.ORGANIZATION_READ
    ) -> AsyncIterator[Any]:
        """Begin a transaction whose statements reach the rows of one organization, in tables that are protected.

        The actor's access is checked first. Then your statements run with the role ``FREEHOLD_TENANT_ROLE``, which
        row-level security binds, and with ``freehold.organization_id`` and ``freehold.user_id`` set for the
        transaction. Operations of ``platform.within(connection)`` run in it, too, with Freehold's own role. Protect a
        table with ``freehold tenants protect``. Row-level security stops a forgotten WHERE; it does not stop SQL that
        takes another role on purpose, so keep to parameters::

            async with platform.in_organization("acme") as connection:
                invoices = await connection.fetch("SELECT id, total FROM invoices")

        Args:
            organization: its id or its slug.
            action: what the actor must be allowed to do there.

        Raises:
            ValueError: there is no such action.
            Unauthenticated, Missing, Forbidden, Renamed: as ``access`` does.
            TenantRoleUnusable: ``tenant_role_unusable``: the role does not exist, or cannot be used.
            Unavailable, OutcomeUnknown: as ``transaction`` does.
        """
        async with in_scope(await self.access(organization, action)) as connection:
            yield connection

    def before_purge(self, hook: Hook[Purge]) -> Hook[Purge]:
        """Have a function called before an organization is removed for good, in the same transaction.

        What it raises keeps the organization. It can be called again for the same one, so let it do nothing but use
        its connection. It runs where it is registered: on this platform and all that act on it, by an operation or by
        the background job. Another process, such as ``freehold serve`` or a command, does not know it. There, a foreign
        key without ON DELETE keeps the organization, and the job here removes it the next time::

            @platform.before_purge
            async def remove_invoices(purge: Purge) -> None:
                await purge.connection.execute("DELETE FROM invoices WHERE organization_id = $1", purge.organization_id)
        """
        return self.context.tools.hooks.before_purge.add(hook)

    def after_purge(self, hook: Hook[Purge]) -> Hook[Purge]:
        """Have a function called after an organization is removed for good, and before that is committed.

        See ``before_purge``.
        """
        return self.context.tools.hooks.after_purge.add(hook)

    def before_erasure(self, hook: Hook[Erasure]) -> Hook[Erasure]:
        """Have a function called before a user is removed for good, in the same transaction.

        See ``before_purge``.
        """
        return self.context.tools.hooks.before_erasure.add(hook)

    def after_erasure(self, hook: Hook[Erasure]) -> Hook[Erasure]:
        """Have a function called after a user is removed for good, and before that is committed.

        See ``before_purge``.
        """
        return self.context.tools.hooks.after_erasure.add(hook)

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


def every_job() -> list[Job]:
    """List what slices do in the background."""
    return [job for each in SLICES for job in each.found("jobs", Job)]


def observing(settings: Settings) -> Observer:
    """Make the observer of a process that shares its counts with no other."""
    if settings.counts:
        return Counting(SharedMetrics(families()), slow_seconds=settings.slow_seconds)
    return Observer(statement_names(), slow_seconds=settings.slow_seconds)
