"""What users read is plain English: none of the words and turns that made them slow down."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src/freehold"
NEVER = re.compile(
    r"\b(likewise|anew|so many|tells|what there is|(hold|holds|held) up|(is|are) told|of yours|for ever)\b",
    re.IGNORECASE,
)
"""Say instead: the thing itself, again, how many, shows or says, what exists, blocks, learns, your, forever."""

PAGES = sorted(
    page
    for pattern in ("*.md", "docs/**/*.md", "examples/**/*.md", ".github/**/*.md")
    for page in ROOT.glob(pattern)
    if page.name != "CHANGELOG.md" and page.parent.name != "decisions"
)
"""With the references, which have every help, setting, error and public docstring."""


def found(text: str) -> list[str]:
    """Each line with such a word."""
    return [line.strip() for line in text.splitlines() if NEVER.search(line)]


def texts(module: Path) -> Iterator[str]:
    """The texts in a module that it can print or raise; its docstrings explain it to developers."""
    tree = ast.parse(module.read_text("utf-8"))
    docstrings = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_page_has_none_of_the_words(page: Path):
    assert found(page.read_text("utf-8")) == []


def test_no_text_of_the_program_has_one_of_the_words():
    wrong = {
        str(module.relative_to(SOURCE)): lines
        for module in sorted(SOURCE.rglob("*.py"))
        if (lines := [line for text in texts(module) for line in found(text)])
    }
    assert wrong == {}


def test_no_description_of_the_http_api_has_one_of_the_words():
    assert found((ROOT / "tests/contract/openapi.json").read_text("utf-8")) == []


def test_no_mail_has_one_of_the_words():
    mails = sorted((SOURCE / "mail/templates/en").iterdir())
    assert mails
    assert [line for mail in mails for line in found(mail.read_text("utf-8"))] == []


def test_words_are_found_where_they_are():
    assert found("It tells who.\nRetells.\nLikewise") == ["It tells who.", "Likewise"]
