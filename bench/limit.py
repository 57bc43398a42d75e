"""The limit: pgbench with the same statements, without a word of Python between them and PostgreSQL.

The statements are those that one would write by hand for one person, in the plainest form; Freehold's own take arrays,
so that concurrent requests travel together, and are a little slower one by one.
"""

import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from bench.load import Failed
from bench.rows import PEOPLE
from freehold.postgres.binaries import server_binaries

CLIENTS = 8
NAMES = ("token_hash", "user_id", "organization_id")
"""What is looked up of whoever asks, in the table PEOPLE: so pgbench, too, asks for all of them in random order.

That costs it a little. Scripts that name people would not, but there can be 128 at most, whose rows never get cold.
"""

SESSION = """
SELECT s.id, s.user_id, u.is_admin, s.acting_admin_id,
    s.last_used_at NOT BETWEEN now() - interval '1 minute' AND now() AS is_stale
FROM sessions s JOIN users u ON u.id = s.user_id AND u.suspended_at IS NULL
WHERE s.token_hash = {token_hash} AND s.expires_at > now()
    AND (s.acting_admin_id IS NULL OR (NOT u.is_admin AND EXISTS (
        SELECT FROM users a WHERE a.id = s.acting_admin_id AND a.is_admin AND a.suspended_at IS NULL
    )));
"""
USER = """
SELECT u.id, u.username, u.email, u.email_verified_at IS NOT NULL AS email_verified,
    CASE WHEN u.suspended_at IS NULL THEN 'active' ELSE 'suspended' END AS state, u.created_at, u.updated_at,
    u.first_name, u.last_name, u.avatar_url, u.is_admin, u.locale,
    (SELECT v.email FROM email_verifications v WHERE v.user_id = u.id AND v.email <> u.email) AS new_email,
    o.id, o.name, o.slug, o.owner_id, o.created_at, o.updated_at
FROM users u
LEFT JOIN organization_members om ON om.user_id = u.id
LEFT JOIN organizations o ON o.id = om.organization_id AND o.deleted_at IS NULL
WHERE u.id = {user_id};
"""
ROLE = """
SELECT o.id, o.slug, r.role, r.actions, (SELECT version FROM own_action_versions) AS own_version
FROM organizations o
LEFT JOIN organization_roles r ON r.organization_id = o.id AND r.user_id = {user_id}
WHERE o.id = {organization_id} AND o.deleted_at IS NULL;
"""
PROJECTS = """
SELECT id, name, organization_id, description, visibility, features, created_at, updated_at
FROM projects
WHERE organization_id = {organization_id}
    AND (created_at, id) < ('9999-12-31 00:00:00Z', 'ffffffff-ffff-ffff-ffff-ffffffffffff')
ORDER BY created_at DESC, id DESC
LIMIT 21;
"""


def write_script(path: Path, statements: str, people: int) -> Path:
    """Write a script for pgbench that asks for one of the people, by chance."""
    wanted = {name: f"(SELECT {name} FROM {PEOPLE} WHERE n = :n)" for name in NAMES}  # noqa: S608 - our own names
    path.write_text(f"\\set n random(1, {people})\n{statements.format_map(wanted)}", "utf-8")
    return path


def run(url: str, scripts: Sequence[Path], *, seconds: int, clients: int = CLIENTS) -> float:
    """Return how often per second the scripts were done, one at a time by each client.

    Raises:
        Failed: with what pgbench says.
    """
    command: list[str | Path] = [
        server_binaries().path("pgbench"),
        "-n",
        "-M",
        "prepared",
        "-c",
        str(clients),
        "-j",
        "2",
    ]
    command += ["-T", str(seconds), *(part for script in scripts for part in ("-f", str(script)))]
    done = subprocess.run(command, env=environment(url), capture_output=True, encoding="utf-8", check=False)
    found = re.search(r"^tps = ([0-9.]+)", done.stdout, re.MULTILINE)
    if done.returncode != 0 or found is None:
        raise Failed(f"pgbench failed: {done.stderr.strip()}")
    return float(found[1])


def environment(url: str) -> Mapping[str, str]:
    """Say where the database is to programs that read PG* variables: a password is no argument."""
    parts = urlsplit(url)
    return {
        "PGHOST": parse_qs(parts.query).get("host", [parts.hostname or ""])[0],
        "PGPORT": str(parts.port or 5432),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": parts.path.lstrip("/"),
        "PATH": "/usr/bin:/bin",
    }
