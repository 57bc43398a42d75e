"""Breached passwords are found in files as Pwned Passwords offers them, wherever in a file they stand."""

import hashlib
import logging
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from freehold.base.errors import Unavailable
from freehold.base.settings import SettingError
from freehold.passwords.breached import HashFile, RangeFolder, open_breached

KNOWN = "Lovelace1"


def digest(password: str) -> str:
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


def lines(
    hashes: Iterable[str], *, end: str = "\r\n", counts: bool = True, last: bool = True, lower: bool = False
) -> bytes:
    """Write hashes as a file of them, each seen so many times that lines differ in length."""
    rows = [f"{each}:{int(each[-5:], 16) ** 3 + 1}" if counts else each for each in sorted(hashes)]
    text = end.join(rows) + (end if last and rows else "")
    return (text.lower() if lower else text).encode()


forms = st.fixed_dictionaries(
    {"end": st.sampled_from(["\n", "\r\n"]), "counts": st.booleans(), "last": st.booleans(), "lower": st.booleans()}
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(known=st.sets(st.integers(0, 5000), max_size=600), asked=st.sets(st.integers(0, 5000), max_size=50), form=forms)
def test_file_holds_what_a_set_of_the_same_holds(
    tmp_path: Path, known: set[int], asked: set[int], form: dict[str, Any]
):
    hashes = {digest(str(each)): str(each) for each in known}
    path = tmp_path / "hashes.txt"
    path.write_bytes(lines(hashes, **form))
    found = HashFile(path)
    if known:
        found.examine()
        assert all(hashes[each] in found for each in (min(hashes), max(hashes))), "the first and the last line"
    assert {each for each in known | asked if str(each) in found} == known


@pytest.mark.parametrize("form", [{}, {"end": "\n"}, {"counts": False}, {"last": False}, {"lower": True}])
@pytest.mark.parametrize("size", [1, 2, 60, 90, 100, 20_000])
def test_every_line_of_a_file_is_found_and_no_neighbour(tmp_path: Path, form: dict[str, Any], size: int):
    hashes = {digest(str(each)): str(each) for each in range(size)}
    path = tmp_path / "hashes.txt"
    path.write_bytes(lines(hashes, **form))
    found = open_breached(path)
    step = max(size // 500, 1)
    assert all(hashes[each] in found for each in [*sorted(hashes)[::step], max(hashes)])
    assert not any(f"{each} is none" in found for each in range(200))


def ranges(folder: Path, passwords: Iterable[str], ending: str = "", **form: Any) -> Path:
    folder.mkdir()
    whole = [digest(each) for each in passwords]
    for prefix in {each[:5] for each in whole}:
        suffixes = [each[5:] for each in whole if each.startswith(prefix)]
        (folder / f"{prefix}{ending}").write_bytes(lines(suffixes, **form))
    return folder


@pytest.mark.parametrize("ending", ["", ".txt"])
@pytest.mark.parametrize("form", [{}, {"end": "\n"}, {"counts": False}, {"last": False}, {"lower": True}])
def test_folder_of_ranges_holds_what_stands_in_them(tmp_path: Path, ending: str, form: dict[str, Any]):
    found = open_breached(ranges(tmp_path / "ranges", map(str, range(100)), ending, **form))
    assert {each for each in range(200) if str(each) in found} == set(range(100))


ONE, TWO = sorted((digest("1"), digest("2")))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (f"{TWO}:1\n{ONE}:2\n".encode(), "not ordered by hash"),
        (lines(digest(str(n)) for n in range(9000)) + lines([ONE, TWO]), "not ordered by hash"),
        (b"0" * 100_000, "a line that is too long"),
        (b"password\n", "40 hexadecimal digits"),
        (f"{ONE[:32]}:5\n".encode(), "40 hexadecimal digits"),  # NTLM
        (f"{ONE};5\n{TWO};5\n".encode(), "40 hexadecimal digits"),
        (b"\x1f\x8b" + bytes(range(256)) * 40, "hexadecimal digits"),
        (("\n".join(digest(str(n)) for n in range(9000))).encode(), "not ordered by hash"),
    ],
    ids=["empty", "two lines", "a second list behind", "no lines", "words", "NTLM", "CSV", "packed", "by number"],
)
def test_file_of_another_form_is_refused_in_one_sentence(tmp_path: Path, content: bytes, says: str):
    path = tmp_path / "hashes.txt"
    path.write_bytes(content)
    with pytest.raises(SettingError, match=rf"FREEHOLD_BREACHED_PASSWORDS is '{path}', which .*{says}.*: download"):
        open_breached(path)


def test_what_is_not_there_or_may_not_be_read_is_refused(tmp_path: Path):
    with pytest.raises(SettingError, match=r"cannot be read .*: name a file or folder"):
        open_breached(tmp_path / "nothing")
    (tmp_path / "empty").mkdir()
    with pytest.raises(SettingError, match="holds no file of a range"):
        open_breached(tmp_path / "empty")
    folder = ranges(tmp_path / "ranges", ["1"])
    (folder / "00000").write_text("not hexadecimal\n")
    with pytest.raises(SettingError, match="35 hexadecimal digits"):
        open_breached(folder)


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_breaks_later_is_logged_without_a_hash_and_lets_no_password_through(
    tmp_path: Path, kind: str, caplog: pytest.LogCaptureFixture
):
    whole = digest(KNOWN)
    if kind == "file":
        path = tmp_path / "hashes.txt"
        path.write_bytes(lines(digest(str(n)) for n in range(500)))
        found = open_breached(path)
        os.truncate(path, 0)
        path.write_bytes(b"x" * 100_000)
    else:
        found = open_breached(ranges(tmp_path / "ranges", [KNOWN]))
        (tmp_path / "ranges" / whole[:5]).unlink()
        (tmp_path / "ranges" / whole[:5]).mkdir()  # cannot be read, whoever reads
    with caplog.at_level(logging.DEBUG), pytest.raises(Unavailable) as refused:
        assert KNOWN in found
    told = caplog.text + str(refused.value) + refused.value.detail
    assert "cannot be read" in caplog.text
    assert not any(part in told for part in (KNOWN, whole, whole[:5], whole[5:]))


def test_range_that_is_not_there_knows_no_password_and_a_folder_that_is_gone_lets_none_through(tmp_path: Path):
    found = RangeFolder(ranges(tmp_path / "ranges", ["1"]))
    assert KNOWN not in found
    (tmp_path / "ranges").rename(tmp_path / "elsewhere")
    with pytest.raises(Unavailable):
        assert KNOWN in found


def test_large_file_is_asked_by_few_short_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """As many as its size has binary digits, so 26 for 40 GB."""
    hashes = sorted(digest(str(each)) for each in range(20_000))
    path = tmp_path / "hashes.txt"
    path.write_bytes(lines(hashes))
    found, read, pread = HashFile(path), list[int](), os.pread

    def noted(file: int, size: int, place: int) -> bytes:
        read.append(size)
        return pread(file, size, place)

    monkeypatch.setattr(os, "pread", noted)
    assert KNOWN not in found
    assert len(read) <= path.stat().st_size.bit_length() - 11
    assert max(read) <= 4096
