"""The page of security requirements names each once, and tests that exist."""

import re
from collections import Counter
from pathlib import Path
from typing import Final

import pytest
from tests.contract.renewal import REPOSITORY

PAGE: Final = (REPOSITORY / "docs/reference/security.md").read_text(encoding="utf-8")
LEVELS_1_AND_2: Final = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3, "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5,
    "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2, "8.1": 2,
    "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4,
    "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4,
    "11.5": 1, "11.6": 1, "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2,
    "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3, "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1,
    "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4, "17.3": 2,
}  # fmt: skip
"""How many requirements of levels 1 and 2 each section of ASVS 5.0.0 has, which are its first ones."""


def test_every_requirement_is_there_once():
    wanted = {f"{section}.{number}" for section, count in LEVELS_1_AND_2.items() for number in range(1, count + 1)}
    found = Counter(re.findall(r"(?<![\d.])\d+\.\d+\.\d+(?![\d.]*\.\d)", PAGE))
    assert {number for number, times in found.items() if times != 1} == set()
    assert set(found) == wanted


@pytest.mark.parametrize("named", sorted(set(re.findall(r"`(tests/[^`]+)`", PAGE))))
def test_test_that_is_named_exists(named: str):
    file, _, function = named.partition("::")
    path = Path(REPOSITORY, file)
    assert path.exists()
    assert f"def {function}(" in path.read_text(encoding="utf-8") or not function
