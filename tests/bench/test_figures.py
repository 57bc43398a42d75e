"""A figure: ratios of what ran side by side, its spread, and whether it is what it should be."""

import json
from pathlib import Path
from typing import Any

import pytest
from bench.figures import Figure, from_other_scripts, ratios


def figure(*values: float, **others: Any) -> Figure:
    return Figure(target="P1", work="asking", against="pgbench", values=[*values], **others)


def test_ratios_compare_round_by_round():
    """Not median by median: what slowed a round down slowed both down."""
    assert ratios([10.0, 20.0, 90.0], [5.0, 40.0, 30.0]) == [2.0, 0.5, 3.0]


def test_round_that_only_one_of_them_ran_is_refused():
    with pytest.raises(ValueError, match="shorter"):
        ratios([1.0, 2.0], [1.0])


def test_median_is_told_with_the_spread_of_the_rounds():
    assert figure(0.7, 0.5, 0.61234).measured == "0.612 x (0.5 to 0.7)"


def test_single_round_has_no_spread():
    assert figure(0.5).measured == "0.5 x"


def test_large_values_are_told_without_an_exponent():
    assert figure(1234.5, 99.94, 10_000).measured == "1,234 x (99.9 to 10,000)"


@pytest.mark.parametrize("unit", ["s", "MB"])
def test_value_that_is_no_ratio_has_its_unit(unit: Any):
    met = figure(1.25, at_most=1.5, unit=unit)
    assert (met.wanted, met.measured) == (f"at most 1.5 {unit}", f"1.25 {unit}")


@pytest.mark.parametrize(
    ("target", "value", "wanted", "verdict"),
    [
        ({"at_least": 0.5}, 0.51, "at least 0.5 x", "met"),
        ({"at_least": 0.5}, 0.5, "at least 0.5 x", "met"),
        ({"at_least": 0.5}, 0.49, "at least 0.5 x", "missed"),
        ({"at_most": 1.2}, 1.19, "at most 1.2 x", "met"),
        ({"at_most": 1.2}, 1.2, "at most 1.2 x", "met"),
        ({"at_most": 1.2}, 1.21, "at most 1.2 x", "missed"),
        ({}, 1.0, "-", ""),
    ],
)
def test_verdict_is_of_the_median_in_both_directions(target: dict[str, float], value: float, wanted: str, verdict: str):
    met = figure(0.01, value, 99.0, **target)
    assert (met.wanted, met.verdict) == (wanted, verdict)


def test_figures_of_other_scripts_are_read_in_the_order_of_their_files(tmp_path: Path):
    for name, target in (("transfer", "P5"), ("observe", "P1")):
        figures = [{"target": target, "work": name, "against": "COPY", "values": [0.45, 0.47], "at_least": 0.4}]
        (tmp_path / f"{name}.json").write_text(json.dumps(figures), "utf-8")
    (tmp_path / "notes.txt").write_text("no figures", "utf-8")
    assert [(each.target, each.work, each.verdict) for each in from_other_scripts(tmp_path)] == [
        ("P1", "observe", "met"),
        ("P5", "transfer", "met"),
    ]


def test_other_scripts_may_never_have_run(tmp_path: Path):
    assert from_other_scripts(tmp_path / "none") == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"target": "P5"}', "array"),
        ('[{"target": "P5", "work": "w", "against": "a"}]', "values"),
        ('[{"target": "P5", "work": "w", "against": "a", "values": ["fast"]}]', "values"),
        ('[{"target": "P5", "work": "w", "against": "a", "values": []}]', "values"),
        ('[{"target": "P5", "work": "w", "against": "a", "values": [1], "unit": "km"}]', "unit"),
        ("[", "truncated"),
    ],
)
def test_file_that_holds_no_figures_is_named(tmp_path: Path, text: str, says: str):
    path = tmp_path / "broken.json"
    path.write_text(text, "utf-8")
    with pytest.raises(SystemExit, match=says) as error:
        from_other_scripts(tmp_path)
    assert str(path) in str(error.value)
