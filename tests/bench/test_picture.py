"""The picture: bars as wide as what was measured, in XML that is well formed whatever the figures say."""

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence

import pytest
from bench.picture import draw

SVG = "{http://www.w3.org/2000/svg}"
P1 = {"FastAPI + SQLAlchemy": [90.0, 100.0, 110.0], "Freehold": [1_000.0, 1_000.0, 900.0], "pgbench": [2_000.0] * 3}


def drawn(contests: Mapping[str, Mapping[str, Sequence[float]]]) -> ET.Element:
    return ET.fromstring(draw(contests))  # noqa: S314 - our own


def bars(picture: ET.Element) -> list[tuple[str, float]]:
    return [(each.attrib["class"], float(each.attrib["width"])) for each in picture.iter(f"{SVG}rect")]


def words(picture: ET.Element) -> list[str]:
    return [str(each.text) for each in picture.iter(f"{SVG}text")]


def test_widths_are_in_proportion_to_the_medians_and_the_best_comes_first():
    (limit, widest), (ours, ours_width), (peer, peer_width) = bars(drawn({"P1": P1}))
    assert (limit, ours, peer) == ("limit", "ours", "bar")
    assert ours_width == pytest.approx(widest / 2, abs=0.1)
    assert peer_width == pytest.approx(widest / 20, abs=0.1)


def test_each_contest_has_a_scale_of_its_own():
    widths = [width for _, width in bars(drawn({"P1": {"pgbench": [2_000.0]}, "P3": {"pgbench": [10.0]}}))]
    assert widths[0] == widths[1]


def test_every_bar_says_whose_it_is_and_how_many():
    said = words(drawn({"P1": P1}))
    assert said[1:] == ["pgbench", "2,000/s", "Freehold", "1,000/s", "FastAPI + SQLAlchemy", "100/s (Freehold: 10.0 x)"]


def test_everything_lies_within_the_picture():
    picture = drawn({"P1": P1, "P2": P1, "P3": {"Freehold": [1.0], "pgbench": [2.0]}})
    _, _, width, height = (float(each) for each in picture.attrib["viewBox"].split())
    for each in picture.iter(f"{SVG}rect"):
        assert float(each.attrib["x"]) + float(each.attrib["width"]) < width
        assert float(each.attrib["y"]) + float(each.attrib["height"]) < height
    tops = [float(each.attrib["y"]) for each in picture.iter(f"{SVG}rect")]
    assert tops == sorted(set(tops))


def test_names_are_escaped():
    name = """</text><script>alert("1" & '2')</script>"""
    picture = drawn({"P1": {name: [10.0], "Freehold": [20.0]}})
    assert name in words(picture)
    assert not list(picture.iter(f"{SVG}script"))


def test_contests_that_count_no_requests_are_left_out():
    assert bars(drawn({"P6 users": {"first of 1,000": [400.0]}, "P7": {"next start": [1.0]}})) == []
