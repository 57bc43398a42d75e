"""Peers answer with the fields that Freehold answers with: the bench compares them before it measures."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from bench.rows import Scale, fill
from bench.stage import Effort, Stage
from tests.described import document

import bench
from bench import writing

PEERS = Path(bench.__file__).with_name("peers")
ABSENT = {"metadata", "public_metadata", "private_metadata"}
"""What is in no answer of the bench: nobody there keeps metadata."""


def classes(peer: str) -> dict[str, ast.ClassDef]:
    tree = ast.parse((PEERS / peer / "app.py").read_text("utf-8"))
    return {each.name: each for each in ast.walk(tree) if isinstance(each, ast.ClassDef)}


def annotated(found: ast.ClassDef) -> set[str]:
    return {
        each.target.id for each in found.body if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    }


def strings(found: ast.AST) -> Iterator[str]:
    return (each.value for each in ast.walk(found) if isinstance(each, ast.Constant) and isinstance(each.value, str))


def fields(found: ast.ClassDef) -> set[str]:
    """List the fields of a serializer."""
    (meta,) = (each for each in found.body if isinstance(each, ast.ClassDef))
    return {text for each in meta.body if isinstance(each, ast.Assign) for text in strings(each.value)}


def properties(name: str) -> set[str]:
    schemas: dict[str, Any] = document()["components"]["schemas"]
    return set(schemas[name]["properties"]) - ABSENT


@pytest.mark.parametrize(
    ("schema", "model", "serializer"),
    [("User", "UserOut", "UserSerializer"), ("Project", "ProjectOut", "ProjectSerializer")],
)
def test_peers_answer_with_the_same_fields(schema: str, model: str, serializer: str):
    assert annotated(classes("fastapi")[model]) == properties(schema)
    assert fields(classes("django")[serializer]) == properties(schema)


async def test_what_pgbench_writes_is_a_project_with_its_event(database_url: str, tmp_path: Path):
    scale = Scale(users=48, people=3)
    await fill(database_url, scale)
    stage = Stage(Effort(scale, 1, 1, (), 1, None), database_url, database_url, tmp_path)
    draw, _, statements = writing._transaction(stage).partition("\n")
    assert draw == f"\\set n random(1, {scale.organizations})"
    connection = await asyncpg.connect(database_url)
    try:
        for statement in statements.replace(":n", "5").split(";\n"):
            await connection.fetch(statement)
        assert tuple(await connection.fetchrow(writing.COUNT)) == (1, 1)
    finally:
        await connection.close()
