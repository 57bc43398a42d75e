"""Making a new cluster: complete and on disk, or not there at all."""

import os
import secrets
import shutil
import subprocess
from pathlib import Path

from freehold.postgres.binaries import Binaries
from freehold.postgres.errors import PostgresError
from freehold.postgres.identity import Identity
from freehold.postgres.layout import Layout
from freehold.postgres.lock import Lock
from freehold.postgres.programs import run

BUILTIN_LOCALE_SINCE = 17
ADMIN_ROLE = "postgres"
ROLE = DATABASE = "freehold"

# For a small machine that does other work too. Written once into postgresql.conf, where the owner may change them.
SETTINGS = """
# Freehold's defaults; yours to change. Address and socket are given at each start and cannot be set here.
max_connections = 100
shared_buffers = 128MB
random_page_cost = 1.1
jit = off
synchronous_commit = on
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] '
log_checkpoints = off
"""

HBA = """# A Unix socket in a private folder, with passwords; nothing else.
local all all scram-sha-256
local replication all scram-sha-256
"""


def make_cluster(layout: Layout, binaries: Binaries, identity: Identity, lock: Lock, *, fast: bool) -> None:
    """Make the cluster with its two roles and the database `freehold`, then put it into its place by one rename.

    Every program inherits `lock`: while one of them lives after we were killed, nobody else begins anew in its folder.

    Raises:
        PostgresError: a program failed; the message holds its last words.
    """
    new = layout.half_made
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    passwords = {role: secrets.token_urlsafe(32) for role in (ADMIN_ROLE, ROLE)}
    for role, password in passwords.items():
        _write_private(new / f"{role}.password", password)
    identity.own(new)
    cluster = new / "cluster"
    _initdb(cluster, new / f"{ADMIN_ROLE}.password", binaries, identity, lock)
    with (cluster / "postgresql.conf").open("a", encoding="utf-8") as config:
        config.write(SETTINGS)
    (cluster / "pg_hba.conf").write_text(HBA, "utf-8")
    # Without a server and its socket: nobody can connect before the passwords are set.
    sql = f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{passwords[ROLE]}'\nCREATE DATABASE {DATABASE} OWNER {ROLE}\n"
    single = (*identity.prefix, str(binaries.path("postgres")), "--single", "-F", "-D", str(cluster), ADMIN_ROLE)
    _checked(run(single, stdin=sql, pass_fds=(lock.fileno(),)), cluster)
    if not fast:
        _checked(run((*identity.prefix, binaries.path("initdb"), "--sync-only", "-D", cluster)), cluster)
        _sync(*new.glob("*.password"), new)
    new.rename(layout.postgres)
    _sync(layout.root)


def _initdb(cluster: Path, password: Path, binaries: Binaries, identity: Identity, lock: Lock) -> None:
    builtin = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
    # Before the builtin provider the locale is the system's, and not every system has C.UTF-8.
    locales = (builtin,) if binaries.major >= BUILTIN_LOCALE_SINCE else (("--locale=C.UTF-8",), ("--locale=C",))
    for locale in locales:
        role = (f"--username={ADMIN_ROLE}", f"--pwfile={password}", "--auth=scram-sha-256")
        kind = ("--encoding=UTF8", "--lc-messages=C", "--data-checksums", "--no-sync", *locale)
        command = (*identity.prefix, binaries.path("initdb"), "-D", cluster, *role, *kind)
        result = run(command, pass_fds=(lock.fileno(),))
        if result.returncode == 0 or locale == locales[-1]:
            _checked(result, cluster)
            return


def _checked(result: subprocess.CompletedProcess[str], cluster: Path) -> None:
    if result.returncode != 0:
        words = "\n".join((result.stdout + result.stderr).strip().splitlines()[-8:])
        raise PostgresError(f"PostgreSQL could not make a new cluster in {cluster}. Its last words:\n{words}")


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600, exist_ok=False)  # closed to others before the secret is in it
    path.write_text(text, "ascii")


def _sync(*paths: Path) -> None:
    for path in paths:
        fd = os.open(path, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
