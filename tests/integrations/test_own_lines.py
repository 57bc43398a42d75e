"""How much code of their own people write: the pages say it, and quote the examples line by line."""

import re
from pathlib import Path

import pytest
from tests.contract.renewal import REPOSITORY

PAGES = {"use-with-fastapi": "invoices_fastapi", "use-with-django": "invoices_django"}
MOST = {"sign-people-in": 5, "protect-a-route": 2, "protect-a-view": 2, "protect-a-table": 1}
ROW = re.compile(r"^\| (\d+) (?:lines|command) \| \[[^\]]+\]\(#([\w-]+)\) \|$", re.MULTILINE)


def sections(page: str) -> dict[str, list[list[str]]]:
    """The blocks of code of each section, by the address of its heading: lines without those that are empty."""
    found = {}
    for part in re.split(r"^## ", page, flags=re.MULTILINE)[1:]:
        heading, _, text = part.partition("\n")
        blocks = re.findall(r"^```\w+\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
        found[heading.lower().replace(" ", "-")] = [[line for line in each.splitlines() if line] for each in blocks]
    return found


@pytest.fixture(params=sorted(PAGES))
def page(request: pytest.FixtureRequest) -> tuple[str, Path]:
    text = (REPOSITORY / f"docs/how-to/{request.param}.md").read_text("utf-8")
    return text, REPOSITORY / "examples" / PAGES[request.param]


def test_figures_are_those_of_the_code_and_small(page: tuple[str, Path]):
    text, _ = page
    found = {anchor: int(number) for number, anchor in ROW.findall(text)}
    assert len(found) == 3
    code = sections(text)
    for anchor, number in found.items():
        assert number == len(code[anchor][0]), anchor
        assert number <= MOST[anchor], anchor


def test_every_line_that_is_quoted_stands_in_the_example(page: tuple[str, Path]):
    text, example = page
    files = [path for path in example.rglob("*") if path.suffix in {".py", ".md"}]
    lines = {line for path in files for line in path.read_text("utf-8").splitlines()}
    code = sections(text)
    blocks = [block for each in code.values() for block in each]
    if example.name == "invoices_django":  # its page also has code that the example does without
        blocks = [code[anchor][0] for _, anchor in ROW.findall(text)]
    quoted = [line for block in blocks for line in block]
    assert len(quoted) >= 8
    assert [line for line in quoted if line not in lines] == []
