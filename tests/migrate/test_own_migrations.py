"""Freehold's own migrations under the guard, on a database with rows in it."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from freehold.migrate import gate
from freehold.migrate.check import check
from freehold.migrate.files import builtin
from freehold.migrate.findings import judged_offline
from freehold.migrate.rehearse import rehearse

Query = Callable[..., list[tuple[object, ...]]]

ROWS = """
WITH u AS (
    INSERT INTO users (username, email, password_hash)
    SELECT 'user_' || n, 'User' || n || '@example.com', 'x' FROM generate_series(1, 50) n RETURNING id
), o AS (
    INSERT INTO organizations (name, slug, owner_id) SELECT 'Organization', 'org-' || id, id FROM u
    RETURNING id, owner_id
), m AS (
    INSERT INTO organization_members (organization_id, user_id, role) SELECT id, owner_id, 'admin' FROM o
), p AS (
    INSERT INTO projects (organization_id, name) SELECT id, 'Project' FROM o
)
INSERT INTO audit_events (organization_id, actor_id, action, target_type, target_id)
SELECT id, owner_id, 'organization.created', 'organization', id FROM o
"""


def test_own_migrations_break_no_rule_about_data() -> None:
    found = judged_offline(check(builtin().migrations))
    assert [str(each) for each in found if each.severity == "error"] == []


def test_own_migrations_bring_every_row_back(database_url: str, query: Query, tmp_path: Path) -> None:
    mine = builtin()
    asyncio.run(gate.apply_proved(database_url, sets=[mine._replace(migrations=mine.migrations[:1])]))
    query(ROWS)
    answer = asyncio.run(rehearse(database_url, sets=[mine], backups=tmp_path / "backups", offline=True))
    assert answer.passed, "\n".join(str(each) for each in answer.findings)
    outcome = asyncio.run(gate.apply_proved(database_url, sets=[mine], offline=True))
    assert len(outcome.applied) == len(mine.migrations) - 1
