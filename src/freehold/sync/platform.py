"""The platform for synchronous programs.

``make renew`` writes this from ``freehold.platform``.
"""

from contextlib import AbstractContextManager
from typing import Self
from uuid import UUID

from freehold.access import Action, OrganizationRef, Scope
from freehold.actions.types import ActionDeclaration
from freehold.base.settings import Settings
from freehold.data.context import Actor
from freehold.observe.observer import Observer
from freehold.platform import Platform as AsyncPlatform
from freehold.sync import groups
from freehold.sync.facade import Facade, Working


class Platform(Facade):
    """Users, organizations and projects on one database.

    It acts as the operator, who can do everything. Call ``acting_as`` to act as a user::

        with Platform.open(database_url) as platform:
            ada = platform.users.create(NewUser(username="ada", email="ada@example.com", password="Lovelace1"))
            acme = platform.acting_as(ada.id).organizations.create(NewOrganization(name="Acme"))
    """

    def __init__(self, working: Working) -> None:
        super().__init__(working)
        self.users = groups.Users(working)
        self.sessions = groups.Sessions(working)
        self.organizations = groups.Organizations(working)
        self.projects = groups.Projects(working)
        self.actions = groups.Actions(working)
        self.api_keys = groups.ApiKeys(working)
        self.tokens = groups.Tokens(working)
        self.audit = groups.Audit(working)
        self.mail = groups.Mail(working)
        self.webhooks = groups.Webhooks(working)
        self.transfer = groups.Transfer(working)

    @classmethod
    def open(
        cls,
        database_url: str,
        *,
        settings: Settings | None = None,
        observer: Observer | None = None,
        actions: ActionDeclaration | None = None,
    ) -> Self:
        """Connect to a database. Use it in ``with``, or call ``close``; what is open when the process ends is closed.

        Every thread may use the platform. A process that is forked gets connections of its own at its first use.

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
        return cls._opened(
            lambda: AsyncPlatform.open(database_url, settings=settings, observer=observer, actions=actions)
        )

    def acting_as(self, actor: Actor | UUID | None) -> "Platform":
        """Return the same platform for another actor: a user, an API key, or None for somebody who is signed out.

        A user that you name by id has no session, and does not act as a platform administrator even if they are one.
        Nobody asks whether they are suspended: you vouch for them. To check a token, use ``authenticate``.
        """
        return self.like(self._working.target().acting_as(actor))

    def authenticate(
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
        return self.like(
            self._working.run(
                lambda platform: platform.authenticate(
                    credentials,
                    ip=ip,
                    user_agent=user_agent,
                    request_id=request_id,
                    position=position,
                    organization=organization,
                )
            )
        )

    @property
    def position(self) -> str | None:
        """The position of the last write of this platform, or of those it was made from; None without replicas.

        Reads of this platform are never older than it. Give it to another process to continue there with ``since``.
        Over HTTP it is the header ``Freehold-Position``.
        """
        return self._working.target().position

    def since(self, position: str | None) -> "Platform":
        """Return the same platform for somebody whose last write has this position, whatever others write.

        Their reads can be answered by replicas that have replayed up to it, and see what is at most a second old.

        Args:
            position: from ``Platform.position`` or the header ``Freehold-Position``. With None, reads see what is
                stored when they are made.
        """
        return self.like(self._working.target().since(position))

    def access(self, organization: OrganizationRef, action: Action | str) -> Scope:
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
        return self._working.run(lambda platform: platform.access(organization, action))

    def working(self) -> AbstractContextManager[None]:
        """Run background jobs, such as mail delivery, until the context ends.

        The HTTP application does so while its lifespan runs. If you mount it in yours, or write a program without
        HTTP, use this::

            with Platform.open(database_url) as platform, platform.working():
                ...
        """
        return self._working.hold(lambda platform: platform.working())

    def ready(self) -> None:
        """Return if the database answers and has every migration.

        Raises:
            Unavailable: ``unavailable``.
            SchemaPending: ``schema_pending``.
        """
        self._working.run(lambda platform: platform.ready())
