"""What is kept of a run: JSON that can be read back, a picture, and the tables in the documentation."""

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import msgspec
import pytest
from bench.figures import Figure
from bench.report import Results, keep, markdown, summary, tell

from bench import report

BEFORE = "# Freehold\n\n## How fast\n\n<!-- bench: begin -->\n"
PAGES = ("README.md", report.PAGE)
AFTER = "<!-- bench: end -->\n\n## More\n\n| a | table | of | another | kind |\n"
RESULTS = Results(
    machine={"processor": "one of 2 cores", "memory": "4 GiB"},
    rows="20,000 users",
    figures=[
        Figure(target="P1", work="who am I", against="pgbench", values=[0.6, 0.7, 0.65], at_least=0.6),
        Figure(target="P3", work="create", against="pgbench", values=[0.5], at_least=0.5),
        Figure(target="P7", work="ready", against="-", values=[2.0, 1.9], at_most=1.5, unit="s"),
    ],
    contests={"P1": {"Freehold": [10.5, 11.25], "pgbench": [20.0, 21.0]}},
    absent={"better-auth": "npm is missing"},
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with both pages."""
    (tmp_path / "bench").mkdir()
    for page in PAGES:
        (tmp_path / page).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / page).write_text(f"{BEFORE}an old table\n{AFTER}", "utf-8")
    return tmp_path


def rows_of(text: str) -> list[list[str]]:
    """The cells of each row of a table in Markdown, as a reader of Markdown cuts them."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def test_tables_take_the_place_of_the_old_ones_and_the_rest_stays(root: Path):
    keep(RESULTS, root)
    for page, table in zip(PAGES, (summary(RESULTS), markdown(RESULTS)), strict=True):
        assert (root / page).read_text("utf-8") == BEFORE + table + AFTER


def test_tables_are_the_same_when_they_are_written_again(root: Path):
    keep(RESULTS, root)
    once = [(root / page).read_bytes() for page in PAGES]
    keep(RESULTS, root)
    assert [(root / page).read_bytes() for page in PAGES] == once


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("text", ["# Freehold\n", "<!-- bench: begin -->\nopen\n", f"{BEFORE}{AFTER}{BEFORE}{AFTER}"])
def test_page_without_one_place_for_its_table_is_left_as_it_is(root: Path, text: str, page: str):
    (root / page).write_text(text, "utf-8")
    with pytest.raises(SystemExit, match=rf"{re.escape(page)} should have <!-- bench: begin -->"):
        keep(RESULTS, root)
    assert (root / page).read_text("utf-8") == text
    assert (root / report.RESULTS).exists()


def test_pages_of_this_project_show_what_was_measured_last():
    results = msgspec.json.decode((report.ROOT / report.RESULTS).read_bytes(), type=Results)
    for page, table in zip(PAGES, (summary(results), markdown(results)), strict=True):
        assert table in (report.ROOT / page).read_text("utf-8")


def test_readme_shows_the_picture_and_five_rows_at_most():
    results = msgspec.json.decode((report.ROOT / report.RESULTS).read_bytes(), type=Results)
    assert len(rows_of(summary(results))) == 2 + 5
    assert [row[2] for row in rows_of(summary(RESULTS))[2:]] == ["pgbench"]


def test_table_has_a_row_for_each_figure_and_for_who_is_missing():
    head, _, *rows = rows_of(markdown(RESULTS))
    assert len(head) == 6
    assert rows == [
        ["P1", "who am I", "pgbench", "at least 0.6 x", "0.65 x (0.6 to 0.7)", "met"],
        ["P3", "create", "pgbench", "at least 0.5 x", "0.5 x", "met"],
        ["P7", "ready", "-", "at most 1.5 s", "1.95 s (1.9 to 2)", "missed"],
        ["-", "better-auth", "", "", "did not take part: npm is missing", ""],
    ]


def test_machine_is_named_below_the_table():
    *_, machine = markdown(RESULTS).strip().split("\n\n")
    assert machine == "20,000 users. Machine: processor one of 2 cores; memory 4 GiB."


def test_picture_that_the_readme_shows_is_there(root: Path):
    keep(RESULTS, root)
    (link,) = re.findall(r"!\[.+\]\((.+)\)", summary(RESULTS))
    assert (root / link).exists()


def test_words_of_others_cannot_break_the_table():
    reason = "pip | npm failed:\n\n| their | words |\r\nand more"
    results = msgspec.structs.replace(RESULTS, absent={"better|auth": reason})
    *_, row = rows_of(markdown(results))
    assert row == [
        "-",
        r"better\|auth",
        "",
        "",
        r"did not take part: pip \| npm failed: \| their \| words \| and more",
        "",
    ]


def test_results_are_read_back_as_they_were(root: Path):
    keep(RESULTS, root)
    assert msgspec.json.decode((root / report.RESULTS).read_bytes(), type=Results) == RESULTS


def test_every_value_of_every_round_is_kept_for_programs(root: Path):
    keep(RESULTS, root)
    kept: dict[str, Any] = json.loads((root / report.RESULTS).read_text("utf-8"))
    assert kept["contests"] == {"P1": {"Freehold": [10.5, 11.25], "pgbench": [20.0, 21.0]}}
    assert kept["figures"][0]["values"] == [0.6, 0.7, 0.65]
    assert kept["figures"][0]["at_least"] == 0.6


def test_picture_is_of_what_was_measured(root: Path):
    keep(RESULTS, root)
    drawn = ET.fromstring((root / report.PICTURE).read_text("utf-8"))  # noqa: S314 - our own
    assert "Freehold" in list(drawn.itertext())


def test_people_are_told_the_same(capsys: pytest.CaptureFixture[str]):
    tell(RESULTS)
    told = capsys.readouterr().out
    assert "processor: one of 2 cores" in told
    assert re.search(r"^P1 +who am I +pgbench +at least 0\.6 x +0\.65 x \(0\.6 to 0\.7\) +met$", told, re.MULTILINE)
    assert "better-auth did not take part: npm is missing" in told
