"""Every reader of what others send, on whatever comes: it reads it, or says in its own words why not, in bounds."""

import gzip
import io
import json
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, Final

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from freehold.base.addresses import Proxies
from freehold.base.errors import FieldError, Invalid, Unauthenticated
from freehold.base.tokens import Kind, bearer_token, new_token, token_hash, without_tokens
from freehold.base.validation import Malformed, parse, parse_json
from freehold.data.paging import Cursors, InvalidCursor
from freehold.migrate.splitter import ScriptError, split
from freehold.serve.application import ENDPOINTS
from freehold.transfer.errors import BadFile
from freehold.transfer.reading import LONGEST_LINE, read
from freehold.transfer.types import RECORDS
from freehold.transfer.unpacking import pieces
from freehold.web.problems import Malformed as BadRequest
from freehold.web.requests import read_query

LOOKS: Final = pytest.mark.parametrize("examples", [60, pytest.param(5000, marks=pytest.mark.long)])
MOST_MEMORY_BYTES: Final = 48 * 2**20

anything = st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)


def look(examples: int, strategy: st.SearchStrategy[Any], check: Callable[[Any], object]) -> None:
    """Try so many examples."""

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def looking(example: Any) -> None:
        check(example)

    looking()


@LOOKS
def test_body(examples: int) -> None:
    def check(body: bytes) -> None:
        try:
            found = parse_json(body)
        except Malformed:
            return
        assert found == json.loads(body)

    look(examples, anything | values.map(lambda value: json.dumps(value).encode()), check)


@LOOKS
def test_fields_of_every_body_also_of_merge_patches(examples: int) -> None:
    kinds = sorted({endpoint.body for endpoint in ENDPOINTS if endpoint.body}, key=lambda kind: kind.__name__)
    names = st.sampled_from(sorted({name for kind in kinds for name in kind.__struct_encode_fields__}))
    documents = st.dictionaries(names | st.text(max_size=5), values, max_size=5) | values

    def check(case: tuple[Any, Any]) -> None:
        kind, document = case
        try:
            found = parse(kind, document)
        except Invalid:
            return
        assert isinstance(found, kind)

    look(examples * 4, st.tuples(st.sampled_from(kinds), documents), check)


@LOOKS
def test_query(examples: int) -> None:
    def check(query: bytes) -> None:
        with suppress(BadRequest):
            read_query(query)

    look(examples, anything, check)


@LOOKS
def test_cursor(examples: int) -> None:
    cursors = Cursors(bytes(32))
    right = cursors.write("list", [1, "two"])

    def check(text: str) -> None:
        try:
            assert cursors.read("list", text, (int, str)) == (1, "two")
            assert text == right
        except InvalidCursor:
            assert text != right

    changed = st.tuples(st.integers(0, len(right)), st.text(max_size=3)).map(lambda c: right[: c[0]] + c[1])
    look(examples, st.text(max_size=100) | changed | st.just(right), check)


@LOOKS
def test_token(examples: int) -> None:
    right = new_token(Kind.SESSION)

    def check(case: tuple[int, str]) -> None:
        at, other = case
        for text in (other, right.token[:at] + other + right.token[at + 1 :], right.token + other):
            assert (token_hash(Kind.SESSION, text) == right.hash) == (text == right.token)
            assert text == right.token or token_hash(Kind.SESSION, text) is None
            try:
                assert bearer_token(f"Bearer {text}") == text.strip(" ")
            except Unauthenticated:
                assert not text.strip(" ") or not text.isascii()
        assert right.token not in without_tokens(f"{other}{right.token} {other}")

    look(examples, st.tuples(st.integers(0, len(right.token) - 1), st.text(max_size=4)), check)


@LOOKS
def test_addresses_that_proxies_name(examples: int) -> None:
    proxies = Proxies("2")

    def check(header: str) -> None:
        found = proxies.caller("192.0.2.1", header)
        assert found is None or len(found) < 50

    look(examples, st.text(max_size=200) | st.lists(st.ip_addresses().map(str), max_size=5).map(", ".join), check)


@LOOKS
def test_script(examples: int) -> None:
    words = st.sampled_from(
        ["'", '"', "$$", "$a$", "--", "/*", "*/", ";", "\n", "E'", "\\", "BEGIN ATOMIC", "END", "("]
    )

    def check(script: str) -> None:
        try:
            found = split(script)
        except ScriptError:
            return
        assert all(script[each.offset :].startswith(each.sql) for each in found)

    look(examples, st.lists(words | st.text(max_size=5), max_size=20).map(" ".join), check)


def outcomes(kind: Any, form: Any, content: bytes) -> Iterator[Any]:
    with suppress(BadFile):
        yield from read(kind, form, pieces(io.BytesIO(content)))


PACKS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "plain": bytes,
    "gzip": gzip.compress,
    "zstd": zstandard.compress,
    "gzip in gzip": lambda content: gzip.compress(gzip.compress(content)),
}


@LOOKS
def test_import_file(examples: int) -> None:
    def check(case: tuple[Any, Any, str, bytes, int, bytes]) -> None:
        kind, form, how, content, at, change = case
        head = ",".join(field for field in RECORDS[kind].__struct_fields__).encode() + b"\n" if form == "csv" else b""
        packed = PACKS[how](head + content)
        damaged = packed[:at] + change + packed[at + len(change) :]
        for number, document in outcomes(kind, form, damaged):
            assert number >= 1
            assert isinstance(document, dict | FieldError)

    lines = st.lists(anything | values.map(lambda v: json.dumps(v).encode()), max_size=5).map(b"\n".join)
    cases = st.tuples(
        st.sampled_from(sorted(RECORDS)),
        st.sampled_from(["ndjson", "csv"]),
        st.sampled_from(sorted(PACKS)),
        lines,
        st.integers(0, 400),
        st.binary(max_size=4),
    )
    look(examples * 4, cases, check)


def repeated(content: bytes, times: int) -> Iterator[bytes]:
    for _ in range(times):
        yield content


HEAD: Final = b"username,email\n"
PIECE: Final = 256 * 1024
BOMBS: Final[dict[str, tuple[str, bytes, bytes]]] = {
    "a line of zeros": ("ndjson", b"", bytes(PIECE)),
    "nested arrays": ("ndjson", b"", b"[" * PIECE),
    "lines of nothing": ("ndjson", b"", (b" " * 63 + b"\n") * (PIECE // 64)),
    "a quote that is never closed": ("csv", HEAD + b'"', (b"x" * 63 + b"\n") * (PIECE // 64)),
    "a record of fields over two lines": ("csv", HEAD + b'"', (b"x" * 59 + b'\n","') * (PIECE // 63)),
    "a record of commas": ("csv", HEAD, b"," * PIECE),
    "names without end": ("csv", b"", b"a," * (PIECE // 2)),
    "a head over lines without end": ("csv", b'"', (b"x" * 59 + b'\n","') * (PIECE // 63)),
}


@pytest.mark.parametrize("what", BOMBS)
@pytest.mark.parametrize("times", [20, pytest.param(400, marks=pytest.mark.long)])
def test_file_that_explodes_is_read_in_bounds(what: str, times: int) -> None:
    """5 MB, and 100 MB in the long run, packed into next to nothing."""
    form, head, piece = BOMBS[what]
    packer = zlib.compressobj(wbits=31)
    parts = [packer.compress(head), *(packer.compress(each) for each in repeated(piece, times)), packer.flush()]
    packed = b"".join(parts)
    assert len(packed) < times * PIECE / 20
    tracemalloc.start()
    try:
        for _, document in outcomes("users", form, packed):
            assert isinstance(document, FieldError)
        assert tracemalloc.get_traced_memory()[1] < MOST_MEMORY_BYTES
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("empty", [gzip.compress(b""), zstandard.compress(b"")], ids=["gzip", "zstd"])
def test_file_of_a_hundred_thousand_empty_parts_is_read(empty: bytes) -> None:
    assert list(outcomes("users", "ndjson", empty * 100_000)) == []


def test_longest_record_of_several_lines_is_read_and_a_longer_one_is_refused() -> None:
    field = b'"' + b"x\n" * 60_000 + b'"'
    fits = HEAD + field + b"," + field + b"\na,b\n"
    (_, first), (_, second) = outcomes("users", "csv", fits)
    assert (len(first["username"]), second) == (120_000, {"username": "a", "email": "b"})
    found = list(outcomes("users", "csv", HEAD + b",".join([field] * (LONGEST_LINE // len(field) + 1)) + b"\na,b\n"))
    assert found[0][1].code == "line_too_long"
