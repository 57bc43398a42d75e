"""What is kept of a run: JSON that can be read back, a picture, and the table in the README."""

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import msgspec
import pytest
from bench.figures import Figure
from bench.report import Results, keep, markdown, tell

from bench import report

BEFORE = "# Freehold\n\n## How fast\n\n<!-- bench: begin -->\n"
AFTER = "<!-- bench: end -->\n\n## More\n\n| a | table | of | another | kind |\n"
RESULTS = Results(
    machine={"processor": "one of 2 cores", "memory": "4 GiB"},
    rows="20,000 users",
    figures=[
        Figure(target="P1", work="who am I", against="pgbench", values=[0.6, 0.7, 0.65], at_least=0.6),
        Figure(target="P7", work="ready", against="-", values=[2.0, 1.9], at_most=1.5, unit="s"),
    ],
    contests={"P1": {"Freehold": [10.5, 11.25], "pgbench": [20.0, 21.0]}},
    absent={"better-auth": "npm is missing"},
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with a README."""
    (tmp_path / "bench").mkdir()
    (tmp_path / "README.md").write_text(f"{BEFORE}an old table\n{AFTER}", "utf-8")
    return tmp_path


def rows_of(text: str) -> list[list[str]]:
    """The cells of each row of a table in Markdown, as a reader of Markdown cuts them."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def test_table_takes_the_place_of_the_old_one_and_the_rest_stays(root: Path):
    keep(RESULTS, root)
    text = (root / "README.md").read_text("utf-8")
    assert text == BEFORE + markdown(RESULTS) + AFTER
    assert "an old table" not in text


def test_table_is_the_same_when_it_is_written_again(root: Path):
    keep(RESULTS, root)
    once = (root / "README.md").read_bytes()
    keep(RESULTS, root)
    assert (root / "README.md").read_bytes() == once


@pytest.mark.parametrize("text", ["# Freehold\n", "<!-- bench: begin -->\nopen\n", f"{BEFORE}{AFTER}{BEFORE}{AFTER}"])
def test_readme_without_one_place_for_the_table_is_left_as_it_is(root: Path, text: str):
    (root / "README.md").write_text(text, "utf-8")
    with pytest.raises(SystemExit, match=r"README\.md should have <!-- bench: begin -->"):
        keep(RESULTS, root)
    assert (root / "README.md").read_text("utf-8") == text
    assert (root / report.RESULTS).exists()


def test_readme_of_this_project_has_a_place_for_the_table(root: Path):
    real = (report.ROOT / "README.md").read_text("utf-8")
    (root / "README.md").write_text(real, "utf-8")
    keep(RESULTS, root)
    assert markdown(RESULTS) in (root / "README.md").read_text("utf-8")


def test_table_has_a_row_for_each_figure_and_for_who_is_missing():
    head, _, *rows = rows_of(markdown(RESULTS))
    assert len(head) == 6
    assert rows == [
        ["P1", "who am I", "pgbench", "at least 0.6 x", "0.65 x (0.6 to 0.7)", "met"],
        ["P7", "ready", "-", "at most 1.5 s", "1.95 s (1.9 to 2)", "missed"],
        ["-", "better-auth", "", "", "did not take part: npm is missing", ""],
    ]


def test_machine_is_named_below_the_table_and_the_picture_shown(root: Path):
    keep(RESULTS, root)
    _, machine, picture = markdown(RESULTS).split("\n\n")
    assert machine == "20,000 users. Machine: processor one of 2 cores; memory 4 GiB."
    (link,) = re.findall(r"!\[.+\]\((.+)\)", picture)
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
