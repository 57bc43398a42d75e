"""What is declared is used, and what is used is declared: settings, and the packages that tests import."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

from freehold.base.settings import Settings

ROOT = Path(__file__).parents[2]
OURS = {"freehold", "tests", "bench", "requirements"}
OF_OTHER_ENVIRONMENTS = {ROOT / "tests" / "transfer" / "systems", ROOT / "tests" / "contract" / "generators"}
"""Programs for packages of other systems and generators, which are pinned beside them."""


def attributes() -> Iterator[str]:
    """The attributes of settings that the sources read."""
    for path in (ROOT / "src").rglob("*.py"):
        its_own = path.name == "settings.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute):
                holder = ast.unparse(node.value)
                if holder.endswith("settings") or (its_own and holder == "self"):
                    yield node.attr


def test_every_setting_is_read() -> None:
    assert set(Settings.__struct_fields__) - set(attributes()) == set()


def imported() -> Iterator[tuple[str, str]]:
    """The packages of others that tests import, each with a file that does."""
    for path in (ROOT / "tests").rglob("*.py"):
        if OF_OTHER_ENVIRONMENTS & set(path.parents):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names = [each.name for each in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names = [node.module]
            else:
                continue
            for name in names:
                package = name.partition(".")[0]
                if package not in OURS | sys.stdlib_module_names:
                    yield package, str(path.relative_to(ROOT))


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *(each for extra in project["optional-dependencies"].values() for each in extra),
    ]
    return {normal(re.split(r"[\[<>=;! ]", each)[0]) for each in wanted}


def test_packages_that_tests_import_are_declared() -> None:
    makers, known = packages_distributions(), declared()
    where = dict(imported())
    assert where  # the files were found
    assert {
        package: where[package] for package in where if not known & set(map(normal, makers.get(package, [package])))
    } == {}
