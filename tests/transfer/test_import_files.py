"""Files as they come: packed, cut off, quoted, in another encoding, empty, or with a line that never ends."""

import gzip
import io
from collections.abc import Iterator
from typing import Any

import pytest
import zstandard
from tests.transfer.conftest import Import, ndjson, uid, user, written

from freehold import Platform
from freehold.base.errors import FieldError
from freehold.transfer.errors import BadFile
from freehold.transfer.reading import LONGEST_LINE, lines, read
from freehold.transfer.unpacking import PIECE, pieces


def unpacked(content: bytes) -> bytes:
    return b"".join(pieces(io.BytesIO(content)))


def documents(kind: Any, form: Any, content: bytes) -> list[tuple[int, Any]]:
    return list(read(kind, form, pieces(io.BytesIO(content))))


CONTENT = ndjson(user(number) for number in range(20_000))
PACKED = {
    "gzip": gzip.compress(CONTENT),
    "two gzip members": gzip.compress(CONTENT[:1000]) + gzip.compress(CONTENT[1000:]),
    "gzip with padding": gzip.compress(CONTENT) + bytes(512),
    "zstd": zstandard.ZstdCompressor(write_checksum=True).compress(CONTENT),
    "two zstd frames": zstandard.compress(CONTENT[:1000]) + zstandard.compress(CONTENT[1000:]),
    "plain": CONTENT,
    "plain with a mark": b"\xef\xbb\xbf" + CONTENT,
}


@pytest.mark.parametrize("how", PACKED)
def test_file_is_read_however_it_is_packed(how: str):
    assert unpacked(PACKED[how]) == CONTENT


@pytest.mark.parametrize("how", ["gzip", "zstd", "two gzip members", "two zstd frames"])
@pytest.mark.parametrize("missing", [1, 5, 1000])
def test_packed_file_that_is_cut_off_is_refused(how: str, missing: int):
    with pytest.raises(BadFile, match="cut off"):
        unpacked(PACKED[how][:-missing])


@pytest.mark.parametrize("how", ["gzip", "zstd"])
def test_packed_file_that_is_damaged_is_refused(how: str):
    content = bytearray(PACKED[how])
    content[len(content) // 2] ^= 0xFF
    with pytest.raises(BadFile, match=r"damaged|cut off"):
        unpacked(bytes(content))


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_pieces_of_what_was_packed_tightly_stay_small(pack: Any):
    longest = max(map(len, pieces(io.BytesIO(pack(bytes(40 * 2**20))))))
    assert longest <= 32 * PIECE


def test_utf_16_is_refused_by_name():
    with pytest.raises(BadFile, match="UTF-16"):
        unpacked("{}".encode("utf-16"))


async def test_cut_off_file_stores_nothing(platform: Platform, bring_in: Import):
    with pytest.raises(BadFile):
        await bring_in("users", gzip.compress(ndjson(user(number) for number in range(9000)))[:-8])
    assert await written(platform, "users") == b""


def test_line_of_a_gigabyte_is_refused_and_the_next_one_read():
    def endless() -> Iterator[bytes]:
        yield b'{"a":1}\n{"b":"'
        for _ in range(1024):
            yield bytes(2**20)
        yield b'"}\n{"c":1}\n'

    longest = 0
    found = []
    for number, line in lines(endless()):
        found.append((number, line))
        longest = max(longest, len(line or b""))
    assert found == [(1, b'{"a":1}'), (2, None), (3, b'{"c":1}')]
    assert longest < LONGEST_LINE


@pytest.mark.parametrize("length", [LONGEST_LINE - 1, LONGEST_LINE, LONGEST_LINE + 1])
def test_longest_line(length: int):
    ((_, line),) = lines(iter([bytes(length // 2), bytes(length - length // 2)]))
    assert (line is None) == (length > LONGEST_LINE)


@pytest.mark.parametrize("form", ["ndjson", "csv"])
async def test_line_that_is_too_long_has_its_place(bring_in: Import, form: Any):
    head = b"username,email\n" if form == "csv" else b""
    _, refusals = await bring_in("users", head + b"x" * (LONGEST_LINE + 1) + b"\n", form=form)
    assert [(each.line, each.code) for each in refusals.first] == [(len(head.splitlines()) + 1, "line_too_long")]


def test_lines_end_as_on_any_system():
    for end in (b"\n", b"\r\n"):
        content = end.join([b'{"a":1}', b"", b'{"b":2}', b"  "])
        assert documents("users", "ndjson", content) == [(1, {"a": 1}), (3, {"b": 2})]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b'{"username": "ad\xe4"}', "malformed"),
        (b'{"username": ', "malformed"),
        (b'{"username": "a"} {}', "malformed"),
        (b"[]", "wrong_type"),
        (b"null", "wrong_type"),
        (b"7", "wrong_type"),
        (b'{"a": NaN}', "malformed"),
        (b"[" * 100_000, "malformed"),
    ],
)
def test_line_that_is_no_json_object_is_refused(line: bytes, code: str):
    ((number, failure), following) = documents("users", "ndjson", line + b"\n{}")
    assert isinstance(failure, FieldError)
    assert (number, failure.code, following) == (1, code, (2, {}))


async def test_empty_file_of_json_lines_holds_nothing(bring_in: Import):
    report, _ = await bring_in("users", b"")
    assert (report.stored, report.refused) == (0, 0)


CSV = 'name,slug,owner_id\r\n"A ""quoted"", name",acme,{owner}\r\n"Two\r\nlines",two,{owner}\nPlain,plain,{owner}'


def test_csv_has_quotes_and_line_ends_in_its_fields():
    found = documents("organizations", "csv", CSV.format(owner=uid(1)).encode())
    assert [(line, document["name"], document["slug"]) for line, document in found] == [
        (2, 'A "quoted", name', "acme"),
        (3, "Two\r\nlines", "two"),
        (5, "Plain", "plain"),
    ]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (b"a,b", "wrong_columns"),
        (b"a,b,c,d", "wrong_columns"),
        (b'"a"b,c,d', "malformed"),
        (b"ad\xe4,b,c", "malformed"),
    ],
)
def test_csv_row_that_does_not_fit_is_refused_and_the_next_one_read(row: bytes, code: str):
    (line, failure), following = documents("organizations", "csv", b"name,slug,owner_id\n" + row + b"\nx,y,z\n")
    assert (line, failure.code) == (2, code)
    assert following == (3, {"name": "x", "slug": "y", "owner_id": "z"})


def test_quote_that_is_never_closed_is_refused():
    ((line, failure),) = documents("organizations", "csv", b'name,slug,owner_id\n"x,y,z\n')
    assert (line, failure.code) == (2, "malformed")


@pytest.mark.parametrize(
    ("head", "complaint"),
    [
        (b"", "is empty"),
        (b"name,slug,owner_id,nickname\n", "column 'nickname' that a file of organizations does not have"),
        (b"name,slug\n", "lacks the column 'owner_id'"),
        (b"name,slug,owner_id,name\n", "two columns 'name'"),
        (b"name;slug;owner_id\n", "it can have id, name, slug"),
        (b'"name\n', "does not begin with a list of columns"),
    ],
)
async def test_csv_with_a_wrong_head_is_refused(bring_in: Import, head: bytes, complaint: str):
    with pytest.raises(BadFile, match=complaint):
        await bring_in("organizations", head, form="csv")


def test_nothing_between_two_commas_is_null():
    ((_, document),) = documents("users", "csv", b"username,email,first_name\nada,ada@example.com,\n")
    assert document["first_name"] is None


def test_features_are_words_with_spaces_between_them():
    ((_, document),) = documents("projects", "csv", b"organization_id,name,features\nx,y,beta.search export\n")
    assert document["features"] == ["beta.search", "export"]
