"""Every slice, also one to come, has its place among the layers, and keeps its statements to itself."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

import freehold

SOURCE = Path(freehold.__file__).parent
CONTRACTS: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
)["tool"]["importlinter"]["contracts"]


def slices(file: str) -> list[str]:
    return sorted(".".join(path.parent.relative_to(SOURCE.parent).parts) for path in SOURCE.rglob(file))


def contract(id: str) -> dict[str, Any]:  # noqa: A002 - as import-linter calls it
    return next(each for each in CONTRACTS if each["id"] == id)


@pytest.mark.parametrize("package", slices("operations.py"))
def test_slice_has_its_layer(package: str):
    layers = {name.strip() for layer in contract("slices")["layers"] for name in layer.replace("|", ":").split(":")}
    assert any(package == layer or package.startswith(f"{layer}.") for layer in layers)
    assert package in contract("inside")["containers"]


@pytest.mark.parametrize("package", slices("queries.sql"))
def test_slice_keeps_its_statements_to_itself(package: str):
    importers = [
        each["allowed_importers"] for each in CONTRACTS if f"{package}.queries" in each.get("protected_modules", [])
    ]
    assert len(importers) == 1
    edges = {f"{package}.{name}" for name in ("routes", "commands", "pages")}
    assert all(
        importer == "freehold.platform" or (importer.rpartition(".")[0] == package and importer not in edges)
        for importer in importers[0]
    )
