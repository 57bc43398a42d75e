"""Who takes part: Freehold, and what a user would pick instead. All read the same rows of the same PostgreSQL."""

import asyncio
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import better_auth as better_auth_rows
from bench import limit, packages
from bench.processes import free_port, running
from bench.rows import Person

WORKERS = 2
"""Processes of each contestant: as many as the prototypes had."""
PROGRAM = Path(sys.executable).with_name("freehold")


@dataclass(frozen=True)
class Contestant:
    """A server that answers: where, and how its requests say who asks."""

    name: str
    url: str
    pid: int
    sign: Callable[[Person], str]


def bearer(person: Person) -> str:
    return f"Authorization: Bearer {person.token}"


@contextmanager
def freehold(url: str, folder: Path, *, workers: int = WORKERS, coalescing: bool = True) -> Iterator[Contestant]:
    """Run Freehold as `freehold serve` does; without ``coalescing``, each lookup goes alone."""
    port = free_port()
    name = "Freehold" if coalescing else "Freehold without coalescing"
    program = [PROGRAM] if coalescing else [sys.executable, Path(__file__).with_name("uncoalesced.py")]
    command = [*program, "serve", "--port", str(port), "--workers", str(workers)]
    env = {"FREEHOLD_DATABASE_URL": url, "FREEHOLD_RATE_LIMITS": "off"}
    address = f"http://127.0.0.1:{port}"
    with running(command, url=f"{address}/readyz", log=folder / f"{name}.log", env=env, folder=folder) as process:
        yield Contestant(name, address, process.pid, bearer)


@contextmanager
def fastapi(url: str, folder: Path) -> Iterator[Contestant]:
    """Run FastAPI with SQLAlchemy and Pydantic on uvicorn.

    Raises:
        NotInstalled: its packages cannot be had.
    """
    python = packages.python_with("fastapi")
    port = free_port()
    command: list[str | Path] = [python, "-m", "uvicorn", "app:app", "--port", str(port), "--workers", str(WORKERS)]
    command += ["--log-level", "warning", "--no-access-log"]
    address = f"http://127.0.0.1:{port}"
    env = {"BENCH_DATABASE_URL": url.replace("postgresql://", "postgresql+asyncpg://", 1)}
    peer = packages.PEERS / "fastapi"
    with running(command, url=f"{address}/v1/users/me", log=folder / "fastapi.log", env=env, folder=peer) as process:
        yield Contestant("FastAPI + SQLAlchemy", address, process.pid, bearer)


@contextmanager
def django(url: str, folder: Path) -> Iterator[Contestant]:
    """Run Django with its REST framework on gunicorn, four threads in each process.

    Raises:
        NotInstalled: its packages cannot be had.
    """
    python = packages.python_with("django")
    port = free_port()
    command: list[str | Path] = [python, "-m", "gunicorn", "app:application", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", str(WORKERS), "--threads", "4", "--log-level", "warning"]
    address = f"http://127.0.0.1:{port}"
    peer = packages.PEERS / "django"
    log = folder / "django.log"
    with running(command, url=f"{address}/v1/users/me", log=log, env=_settings(url), folder=peer) as process:
        yield Contestant("Django + DRF", address, process.pid, bearer)


@contextmanager
def better_auth(url: str, folder: Path, people: Sequence[Person]) -> Iterator[Contestant]:
    """Run better-auth, its organization plugin on tables of its own with the same rows (see ``better_auth.py``).

    Raises:
        NotInstalled: Node or its packages cannot be had.
    """
    installed = packages.node_with("better-auth")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    env = _settings(better_auth_rows.database_url(url)) | {
        "BENCH_PORT": str(port),
        "BENCH_WORKERS": str(WORKERS),
        "BENCH_SECRET": better_auth_rows.SECRET,
    }
    asyncio.run(better_auth_rows.make_database(url))
    better_auth_rows.migrate(installed, env)
    asyncio.run(better_auth_rows.fill(url, people))
    command = ["node", "server.mjs"]
    log = folder / "better-auth.log"
    with running(command, url=f"{address}/api/auth/ok", log=log, env=env, folder=installed) as process:
        yield Contestant("better-auth", address, process.pid, better_auth_rows.cookie)


def _settings(url: str) -> dict[str, str]:
    names = {"PGHOST": "HOST", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "DATABASE"}
    return {f"BENCH_{names[name]}": value for name, value in limit.environment(url).items() if name in names}
