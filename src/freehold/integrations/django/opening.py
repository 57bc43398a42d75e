"""Opens the platform of a process with the project's settings, when it is first asked for."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import quote, urlencode

import msgspec
from django.conf import settings as project
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed
from django.db import connections

from freehold.actions.types import ActionDeclaration
from freehold.base.settings import SettingError, Settings
from freehold.platform import Platform as AsyncPlatform
from freehold.sync import Platform
from freehold.sync.background import Background
from freehold.sync.facade import Working

NO_DATABASE: Final = (
    "Freehold has no database: set FREEHOLD = {'database_url': 'postgresql://...'}, or make DATABASES['default'] a "
    "PostgreSQL database"
)
_OPTIONS: Final = ("sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "target_session_attrs")
"""What is said of a connection in the same words here and there."""

_lock = threading.Lock()
_opened: Platform | None = None


def platform() -> Platform:
    """Return the platform of this process, which acts as the operator; open it if it is not open yet.

    It is there for commands and tasks as for requests, and every thread may use it. While it is open, mail is sent and
    other jobs run in this process, unless the project sets ``FREEHOLD_JOBS = False``. Opening it declares the project's
    own actions, ``FREEHOLD_ACTIONS``.

    Raises:
        ImproperlyConfigured: the settings are not valid.
        Unavailable, SchemaPending: the database cannot be reached, or lacks migrations.
        ActionTaken, ActionChanged, TooManyActions: the project's actions cannot be declared.
    """
    global _opened  # noqa: PLW0603 - one for each process
    with _lock:
        if _opened is None:
            settings, jobs = settings_of_project(), getattr(project, "FREEHOLD_JOBS", True)
            actions: ActionDeclaration | None = getattr(project, "FREEHOLD_ACTIONS", None)
            working = Working(Background(lambda: _open(settings, actions, jobs=jobs)))
            try:
                working.target()
            except SettingError as error:
                raise ImproperlyConfigured(str(error)) from None
            _opened = Platform(working)
        return _opened


def close() -> None:
    """Close the platform of this process, if it is open; the next request opens it again."""
    global _opened
    with _lock:
        opened, _opened = _opened, None
    if opened is not None:
        opened.close()


def settings_of_project() -> Settings:
    """Read ``FREEHOLD`` of the project's settings, which precedes ``FREEHOLD_...`` of the environment.

    The database is that of ``DATABASES['default']`` where neither names one.

    Raises:
        ImproperlyConfigured: a setting is not valid, or there is no database.
    """
    given: Settings | dict[str, Any] = getattr(project, "FREEHOLD", {})
    if not isinstance(given, Settings):
        if unknown := given.keys() - {*Settings.__struct_fields__}:
            raise ImproperlyConfigured(f"FREEHOLD has settings that do not exist: {', '.join(sorted(unknown))}")
        try:
            given = Settings.from_environment(**given)
        except SettingError as error:
            raise ImproperlyConfigured(str(error)) from None
    return given if given.database_url else msgspec.structs.replace(given, database_url=_url_of_default())


def _url_of_default() -> str:
    database = connections["default"].settings_dict  # in a test run, this names the test database
    if not database.get("ENGINE", "").endswith((".postgresql", ".postgis")):
        raise ImproperlyConfigured(NO_DATABASE)
    user, password = quote(database["USER"], safe=""), quote(database["PASSWORD"], safe="")
    host, options = database["HOST"], database.get("OPTIONS", {})
    query = {name: options[name] for name in _OPTIONS if name in options}
    if host.startswith("/"):
        query["host"], host = host, ""
    login = f"{user}:{password}@" if password else f"{user}@" if user else ""
    port = f":{database['PORT']}" if database["PORT"] else ""
    if port and not host:
        query["port"], port = database["PORT"], ""
    name = quote(database["NAME"] or "", safe="")
    return f"postgresql://{login}{host}{port}/{name}" + (f"?{urlencode(query)}" if query else "")


@asynccontextmanager
async def _open(settings: Settings, actions: ActionDeclaration | None, *, jobs: bool) -> AsyncIterator[AsyncPlatform]:
    async with AsyncPlatform.open(settings.database_url or "", settings=settings, actions=actions) as opened:
        if not jobs:
            yield opened
            return
        async with opened.working():
            yield opened


def _changed(*, setting: str, **_: object) -> None:
    if setting.startswith("FREEHOLD") or setting == "DATABASES":
        close()


setting_changed.connect(_changed)
