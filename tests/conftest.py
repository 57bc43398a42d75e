"""Fixtures on a real PostgreSQL: one server for the whole run, one database for each test.

The server is an embedded one, or the one that FREEHOLD_TEST_DATABASE_URL names (a superuser's URL; databases are made
and dropped beside the one named). Each test gets a clone of a migrated template.
"""

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote, unquote, urlsplit, urlunsplit
from uuid import uuid4

import argon2
import asyncpg
import hypothesis
import msgspec
import pytest

from freehold import NewUser, Platform, Settings, User, migrate
from freehold.passwords import formats, hashing
from freehold.postgres import EmbeddedServer, PostgresError, client_binary
from tests.forker import Forker

PASSWORD = "Lovelace1"
TRUSTING = Settings(rate_limits="off", direct_adding="anyone", unverified_may_invite=True)
"""As behind a front end that one trusts: for tests of something else than consent."""


def trusting(**given: Any) -> Settings:
    """The same with more settings."""
    return msgspec.structs.replace(TRUSTING, **given)


# What a test starts must hear signals also where this run does not, as in the background of a shell.
for _number, _handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, _handler)

_server = pytest.StashKey[EmbeddedServer]()
_folder = pytest.StashKey[tempfile.TemporaryDirectory[str]]()
_urls = pytest.StashKey[tuple[str, str]]()


def with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{quote(name)}"))


def database_name(url: str) -> str:
    return unquote(urlsplit(url).path[1:])


async def _run(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def _clone(url: str, template: str, name: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        # Half the time of the default strategy since 15, which writes every page of the copy to the log.
        strategy = "STRATEGY file_copy" if connection.get_server_version().major >= 15 else ""
        await connection.execute(f'CREATE DATABASE {name} TEMPLATE "{template}" {strategy}')
    finally:
        await connection.close()


def _memory() -> str | None:
    """Name a folder that lies in memory, if there is a roomy one: cloning a database is mostly copying files."""
    folder = Path("/dev/shm")  # noqa: S108 - a private folder is made in it
    roomy = folder.is_dir() and os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > 2 * 2**30
    return str(folder) if roomy else None


def pytest_configure(config: pytest.Config) -> None:
    """Start the server and make the template, in the process that the others hang on."""
    if config.option.markexpr != "long":  # what is run often is the same each time; the long run looks further
        hypothesis.settings.register_profile("same", derandomize=True, database=None)
        hypothesis.settings.load_profile("same")
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    admin_url = os.environ.get("FREEHOLD_TEST_DATABASE_URL")
    if admin_url is None:
        config.stash[_folder] = folder = tempfile.TemporaryDirectory(
            prefix="fh-", dir=_memory(), ignore_cleanup_errors=True
        )
        config.stash[_server] = server = EmbeddedServer.start(Path(folder.name) / "data", fast=True)
        admin_url = server.admin_url
    template = f"freehold_template_{uuid4().hex[:12]}"
    asyncio.run(_run(admin_url, f"CREATE DATABASE {template}"))
    asyncio.run(migrate.apply(with_database(admin_url, template), sets=[migrate.builtin()]))
    config.stash[_urls] = (admin_url, template)


def pytest_unconfigure(config: pytest.Config) -> None:
    if _urls in config.stash:
        admin_url, template = config.stash[_urls]
        asyncio.run(_run(admin_url, f"DROP DATABASE IF EXISTS {template}"))
    if _server in config.stash:
        config.stash[_server].stop()
        config.stash[_folder].cleanup()


class _Hand:
    """Hands the server's address to the workers of a parallel run."""

    @staticmethod
    def pytest_configure_node(node: Any) -> None:
        node.workerinput["freehold_urls"] = node.config.stash[_urls]


def pytest_plugin_registered(plugin: object, manager: pytest.PytestPluginManager) -> None:
    if type(plugin).__name__ == "DSession" and not manager.has_plugin("freehold-hand"):
        manager.register(_Hand(), "freehold-hand")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def forker() -> Iterator[Forker]:
    forker = Forker()
    yield forker
    forker.close()


@pytest.fixture(scope="session")
def server_urls(request: pytest.FixtureRequest) -> tuple[str, str]:
    given = getattr(request.config, "workerinput", {}).get("freehold_urls")
    return tuple(given) if given else request.config.stash[_urls]


@pytest.fixture(scope="session")
def admin_url(server_urls: tuple[str, str]) -> str:
    """A superuser's URL on the server."""
    return server_urls[0]


@pytest.fixture(scope="session")
def server_major(admin_url: str) -> int:
    """The server's major version."""

    async def ask() -> int:
        connection = await asyncpg.connect(admin_url)
        try:
            return int(connection.get_server_version().major)
        finally:
            await connection.close()

    return asyncio.run(ask())


@pytest.fixture(scope="session")
def missing_programs(server_major: int) -> str:
    """Why pg_dump and pg_restore cannot be run on this server; empty where they can."""
    try:
        client_binary("pg_dump", server_major)
    except PostgresError:
        return f"there is no pg_dump of PostgreSQL {server_major} here"
    return ""


@pytest.fixture(scope="session", autouse=True)
def skip_instead_of_dump(missing_programs: str) -> Iterator[None]:
    """Skip a test where it would run pg_dump or pg_restore and there are none of the server's major version."""
    with pytest.MonkeyPatch.context() as patch:
        if missing_programs:
            patch.setattr("freehold.migrate.clients.client_binary", lambda *_: pytest.skip(missing_programs))
        yield


@pytest.fixture
def client_programs(missing_programs: str) -> None:
    """Skip a test that needs pg_dump and pg_restore in another process."""
    if missing_programs:
        pytest.skip(missing_programs)


class _RememberingHasher(argon2.PasswordHasher):
    """Hashes each password once a process."""

    _known: ClassVar[dict[str | bytes, str]] = {}

    def hash(self, password: str | bytes, **options: Any) -> str:
        return self._known.get(password) or self._known.setdefault(password, super().hash(password, **options))


@pytest.fixture(scope="session", autouse=True)
def remembered_hashes() -> Iterator[None]:
    """Remember what hashing came to: most tests need people with passwords, and Argon2 was a quarter of their time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(argon2, "PasswordHasher", _RememberingHasher)
        patch.setattr(hashing, "fits", cache(formats.fits))
        yield


@pytest.fixture
def honest_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash afresh every time, for tests of hashing itself; ask for it before a platform is opened."""
    monkeypatch.setattr(argon2, "PasswordHasher", _RememberingHasher.__base__)
    monkeypatch.setattr(hashing, "fits", formats.fits)


@pytest.fixture
def make_database(admin_url: str) -> Iterator[Callable[..., str]]:
    """Make databases that are dropped after the test: ``make_database()`` an empty one, or a clone of ``template``."""
    made: list[str] = []

    def make(template: str = "template1") -> str:
        name = f"freehold_test_{uuid4().hex[:12]}"
        asyncio.run(_clone(admin_url, template, name))
        made.append(name)
        return with_database(admin_url, name)

    yield make
    asyncio.run(_run(admin_url, *[f"DROP DATABASE IF EXISTS {name} WITH (FORCE)" for name in made]))


@pytest.fixture
def empty_database_url(make_database: Callable[..., str]) -> str:
    """The URL of a new, empty database."""
    return make_database()


@pytest.fixture
def database_url(make_database: Callable[..., str], server_urls: tuple[str, str]) -> str:
    """The URL of a new database with Freehold's schema."""
    return make_database(server_urls[1])


@pytest.fixture
async def platform(database_url: str) -> AsyncIterator[Platform]:
    """A platform on a new database, acting as the operator; its people add and invite whom they like."""
    async with Platform.open(database_url, settings=TRUSTING) as opened:
        yield opened


SignUp = Callable[[str], Awaitable[User]]


@pytest.fixture
def sign_up(platform: Platform) -> SignUp:
    """Make a user by name; the password is always the same."""

    async def make(username: str) -> User:
        new = NewUser(username=username, email=f"{username}@example.com", password=PASSWORD)
        return await platform.users.create(new)

    return make


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[Any]:
    """A bare connection to the test's database, for what goes past the application."""
    opened = await asyncpg.connect(database_url)
    try:
        yield opened
    finally:
        await opened.close()
