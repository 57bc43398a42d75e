"""Values at the edges of a type, as SQL: the longest text, the largest number, each label; of every kind of type.

What a type is made of is followed down to where its values come from: through domains, arrays, composite types and
ranges. Numbers and texts that a rule names (``CHECK (length(code) <= 8)``) are edges, too, and come as `Hints`.
"""

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from freehold.migrate.database import Connection

_USED = """
WITH RECURSIVE used AS (
    SELECT DISTINCT a.atttypid AS oid FROM pg_attribute a
    WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
    UNION
    SELECT part.oid FROM used JOIN pg_type t USING (oid) CROSS JOIN LATERAL (
        SELECT t.typelem AS oid UNION ALL SELECT t.typbasetype
        UNION ALL SELECT a.atttypid FROM pg_attribute a
            WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
        UNION ALL SELECT r.rngsubtype FROM pg_range r WHERE t.oid = r.rngtypid
        UNION ALL SELECT r.rngtypid FROM pg_range r WHERE t.oid = r.rngmultitypid
    ) part WHERE part.oid <> 0
)
SELECT t.oid, format_type(t.oid, -1) AS name, t.typname AS short,
    CASE WHEN t.typcategory = 'A' THEN 'a' ELSE t.typtype::text END AS form, t.typcategory = 'S' AS is_text,
    CASE WHEN t.typcategory = 'A' THEN t.typelem ELSE t.typbasetype END AS base, t.typtypmod AS typmod,
    ARRAY(SELECT quote_literal(e.enumlabel) FROM pg_enum e
          WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder) AS labels,
    ARRAY(SELECT ROW(quote_ident(a.attname), a.atttypid::bigint, a.atttypmod) FROM pg_attribute a
          WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum) AS fields,
    coalesce((SELECT r.rngsubtype FROM pg_range r WHERE r.rngtypid = t.oid),
             (SELECT r.rngtypid FROM pg_range r WHERE r.rngmultitypid = t.oid), 0) AS inner
FROM used JOIN pg_type t USING (oid)
"""

_LONGEST_HINT = 10_000
_LONGEST_KEY, _MOST_KEYS = 60, 5  # of JSON
_MOST = 60  # values of one column


ODD_TEXTS = (
    *("' x'", "'x '", "'a@b.example'", "'0'", "'-1'", "'1.5'", "'ABC'", "'abc'", "'a-b_c'", "'it''s'", "E'a\\nb'"),
    *("'ÄÖ'", "'true'", "'{}'", "'[]'", "'2999-12-31'"),
)
"""Texts of many kinds: a CHECK is broken by at least one of them."""


class Hints(NamedTuple):
    """What the definitions that a migration changed say of values.

    Attributes:
        numbers: that they name.
        texts: that they name, as SQL literals.
        old_fields: composite types with the fields that they had before, where new ones were added.
    """

    numbers: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    old_fields: Mapping[str, Collection[str]] = MappingProxyType({})


class Type(NamedTuple):
    """A type: what it is called, and what it is made of.

    Attributes:
        form: ``b`` base, ``a`` array, ``e`` enum, ``d`` domain, ``c`` composite, ``r`` range, ``m`` multirange.
        base: of a domain what it restricts, of an array what its elements are.
        typmod: of a domain, for its base.
        fields: of a composite type, each with its name, type and modifier.
        inner: of a range what it ranges over, of a multirange its range.
    """

    name: str
    short: str
    form: str
    is_text: bool
    base: int
    typmod: int
    labels: list[str]
    fields: list[tuple[str, int, int]]
    inner: int


class Types:
    """The types of some tables' columns, and all that they are made of."""

    def __init__(self, types: dict[int, Type]) -> None:
        self._types = types

    @classmethod
    async def of(cls, connection: Connection, tables: Collection[int]) -> "Types":
        """Read them; names come out qualified if the connection's search_path is pg_catalog."""
        rows = await connection.fetch(_USED, list(tables))
        return cls({row["oid"]: Type(*tuple(row)[1:]) for row in rows})

    def root(self, oid: int, typmod: int = -1) -> tuple[Type, int]:
        """The type that a column's values are of in the end, below all domains, and its modifier."""
        found = self._types[oid]
        return self.root(found.base, found.typmod) if found.form == "d" else (found, typmod)

    def values(self, oid: int, typmod: int, hints: Hints) -> list[str]:
        """Values at the edges of a type, each as an SQL expression of that type."""
        return list(dict.fromkeys(self._values(oid, typmod, hints)))[:_MOST]

    def _values(self, oid: int, typmod: int, hints: Hints) -> list[str]:  # noqa: PLR0911 - one for each form of type
        kind = self._types[oid]
        if kind.form == "e":
            return [f"{label}::{kind.name}" for label in kind.labels]
        if kind.form == "d":
            odd = ODD_TEXTS if hints.texts or hints.numbers else ()
            values = [*self._values(kind.base, kind.typmod, hints), *(odd if self.root(oid)[0].is_text else ())]
            return [f"({value})::{kind.name}" for value in values]
        if kind.form == "a":
            elements = [*self._values(kind.base, typmod, hints), "NULL"]
            lengths = [
                f"array_fill(({elements[0]})::{self._types[kind.base].name}, ARRAY[{n}])" for n in _lengths(hints)
            ]
            return [f"{array}::{kind.name}" for array in (*(f"ARRAY[{each}]" for each in elements), *lengths, "'{}'")]
        if kind.form == "c":
            return self._composites(kind, hints)
        if kind.form == "r":
            ends = self._values(kind.inner, -1, hints)
            single = [f"{kind.name}({end}, {end}, '[]')" for end in ends]
            return [*single, f"{kind.name}(NULL, NULL)", f"'empty'::{kind.name}"]
        if kind.form == "m":
            return [f"{kind.name}({each})" for each in self._values(kind.inner, -1, hints)]
        return _of_base(kind, typmod, hints)

    def _composites(self, kind: Type, hints: Hints) -> list[str]:
        """One field at a time at an edge, the others hold the first value of their type; new fields stay empty."""
        old = hints.old_fields.get(kind.name, [name for name, _, _ in kind.fields])
        choices = [
            [*(self._values(oid, typmod, hints) if name in old else ()), "NULL"] for name, oid, typmod in kind.fields
        ]
        rows = [
            [*(each[0] for each in choices[:place]), value, *(each[0] for each in choices[place + 1 :])]
            for place, choice in enumerate(choices)
            for value in choice
        ]
        return [f"ROW({', '.join(row)})::{kind.name}" for row in rows]


def _of_base(kind: Type, typmod: int, hints: Hints) -> list[str]:  # noqa: PLR0911 - one for each kind of type
    short = kind.short
    if short in _NUMBERS:
        return _numbers(short, typmod, hints)
    if kind.is_text or short == "bpchar":
        return _texts(kind, typmod, hints)
    if short in _MOMENTS:
        name, digits = _MOMENTS[short], "9" * (typmod if typmod >= 0 else 6)
        moved = [f"({text}::{name} {step} interval '1 day')::{name}" for text in hints.texts for step in "+-"]
        edges = [f"{text.format(fraction=f'.{digits}' if digits else '')}::{name}" for text in _MOMENT_EDGES[short]]
        return [*edges, *(f"{text}::{name}" for text in hints.texts), *moved]
    if short in ("bit", "varbit"):
        return [f"B'{'1' * max(typmod, 1)}'"] if typmod > 0 else ["B'10110'", "B''"]
    if short == "bytea":
        return [*_EDGES[short], *(f"decode(repeat('57', {length}), 'hex')" for length in _lengths(hints))]
    if short in ("json", "jsonb"):
        return [*_EDGES[short], *(f"{text}::{short}" for text in _documents(hints))]
    return [*_EDGES.get(short, ()), *(f"{text}::{kind.name}" for text in hints.texts)]


def _numbers(short: str, typmod: int, hints: Hints) -> list[str]:
    name = _NUMBERS[short]
    edges = _EDGES[short] if short != "numeric" or typmod < 0 else _decimals(typmod)
    steps = (-1, 0, 1) if short.startswith("int") else (-1, Decimal("-0.01"), 0, Decimal("0.01"), 1)
    near = [Decimal(number) + step for number in hints.numbers for step in steps]
    whole = [number for number in near if not short.startswith("int") or number == number.to_integral_value()]
    return [*edges, *(f"'{number:f}'::{name}" for number in whole)]


def _decimals(typmod: int) -> list[str]:
    """The largest ``numeric(precision, scale)`` and the smallest; the scale has eleven bits, with its sign."""
    precision, scale = (typmod - 4) >> 16 & 0xFFFF, (((typmod - 4) & 0x7FF) ^ 1024) - 1024
    return [f"'{'9' * precision}e{-scale}'::numeric", f"'1e{-scale}'::numeric"]


def _texts(kind: Type, typmod: int, hints: Hints) -> list[str]:
    length = typmod - 4  # PostgreSQL adds 4 to it
    edges = [f"repeat('W', {length})"] if length >= 0 else ["repeat('W', 1000)", "'Mixed Case ß é <&'", "''"]
    named = [*hints.texts, *(f"'{number}'" for number in hints.numbers)]
    return [f"{text}::{kind.name}" for text in (*edges, *(f"repeat('W', {n})" for n in _lengths(hints)), *named)]


def _documents(hints: Hints) -> list[str]:
    """Objects in which each key that a rule may mean has a value of every kind; lists of the lengths it may mean."""
    keys = [text for text in hints.texts if len(text) <= _LONGEST_KEY][:_MOST_KEYS]
    kinds = (
        "'W'::text",
        "-1",
        f"{max((Decimal(each) for each in hints.numbers), default=0) + 1:f}",
        "true",
        "NULL::text",
    )
    objects = [f"json_build_object({key}, {value})" for value in kinds for key in keys]
    lists = [f"array_to_json(array_fill(1, ARRAY[{length}]))" for length in _lengths(hints) if length]
    return [*objects, *lists, "'null'", "'1'", "'\"W\"'", "'{}'"]


def _lengths(hints: Hints) -> list[int]:
    found = [int(number) + step for number in hints.numbers if re.fullmatch(r"\d{1,5}", number) for step in (-1, 0, 1)]
    return [length for length in dict.fromkeys(found) if 0 <= length <= _LONGEST_HINT]


_NUMBERS = {"int2": "smallint", "int4": "integer", "int8": "bigint", "numeric": "numeric"} | {
    "float4": "real",
    "float8": "double precision",
}
_MOMENTS = {"date": "date", "timestamp": "timestamp", "timestamptz": "timestamptz"}
_MOMENT_EDGES = {
    "date": ("'2999-12-31'", "'0001-01-01'"),
    "timestamp": ("'2999-12-31 23:59:59{fraction}'",),
    "timestamptz": ("'2999-12-31 23:59:59{fraction}+00'",),
}
_EDGES: dict[str, Sequence[str]] = {
    "int2": ["32767::smallint", "'-1'::smallint"],
    "int4": ["2147483647", "32768", "'-1'::integer"],
    "int8": ["9223372036854775807", "2147483648", "'-1'::bigint"],
    "numeric": ["123456789012345.123456789"],
    "float4": ["123456.79::real"],
    "float8": ["123456789012.12345::double precision"],
    "money": ["'92233720368547758.07'::money", "'-0.01'::money"],
    "bool": ["true", "false"],
    "time": ["'23:59:59.999999'::time", "'00:00'::time"],
    "timetz": ["'23:59:59.999999-15:59'::timetz", "'00:00+00'::timetz"],
    "interval": [
        "'1 mon 1 day 00:00:01.000001'::interval",
        "'0'::interval",
        "'-1 day'::interval",
        "'100 years'::interval",
    ],
    "jsonb": ['\'{"k": [1, "ß"]}\'::jsonb', "'[]'::jsonb"],
    "json": ['\'{"k":  [1, "ß"]}\'::json', "'[]'::json"],
    "xml": ["'<a>ß</a>'::xml", "'text'::xml"],
    "uuid": ["gen_random_uuid()"],
    "bytea": ["'\\x00ff'::bytea", "''::bytea"],
    "inet": ["'2001:db8::1'::inet", "'192.0.2.1/24'::inet", "'10.1.2.3'::inet"],
    "cidr": ["'2001:db8::/32'::cidr", "'10.1.2.3/32'::cidr", "'0.0.0.0/0'::cidr"],
    "macaddr": ["'08:00:2b:01:02:03'::macaddr"],
    "macaddr8": ["'08:00:2b:01:02:03:04:05'::macaddr8"],
    "point": ["'(1.5,-2.25)'::point"],
    "box": ["'(1.5,2.5),(0,-1)'::box"],
    "circle": ["'<(1.5,2),3>'::circle"],
    "lseg": ["'[(0,0),(1.5,2)]'::lseg"],
    "line": ["'{1,2,3}'::line"],
    "path": ["'[(0,0),(1.5,2)]'::path"],
    "polygon": ["'((0,0),(1.5,2),(3,0))'::polygon"],
    "tsvector": ["'b:2A a:1'::tsvector"],
    "tsquery": ["'a & !b'::tsquery"],
    "oid": ["4294967295::oid"],
    "pg_lsn": ["'FFFFFFFF/FFFFFFFF'::pg_lsn"],
    "char": ["'x'::\"char\""],
}


COUNTED = frozenset({*_NUMBERS, *_MOMENTS})
"""Types of which there is a largest value, above which others lie."""


def fresh(kind: Type, typmod: int, column: str, highest: str | None, *, step: int, way: int) -> str | None:  # noqa: PLR0911 - one for each kind of type
    """A value that no row has, in SQL; None if nobody knows one.

    Args:
        kind: below all domains.
        typmod: of that type.
        column: its name, quoted.
        highest: the largest value that there is, as text, for types that are `COUNTED`; None in an empty table.
        step: another one gives another value.
        way: of making up a text: the first stands alone, the others take after the text of the row ``o``.
    """
    short, length = kind.short, typmod - 4
    random = f"'{hashlib.md5(str(step).encode(), usedforsecurity=False).hexdigest()}'"
    if short in ("int2", "int4", "int8"):
        limit, counted = 2 ** (8 * int(short[3]) - 1), int(highest or 0) + step
        return f"'{counted if counted < limit else step - limit}'::{kind.name}"
    if short in _NUMBERS:
        return f"('{highest or 0}'::{kind.name} + {step})::{kind.name}"
    if short in _MOMENTS:
        return f"('{highest or '2000-01-01'}'::{kind.name} + {step} * interval '1 day')::{kind.name}"
    if short in ("uuid", "bytea"):
        return f"{random}::uuid" if short == "uuid" else f"decode({random}, 'hex')"
    if kind.form == "r":
        return f"'empty'::{kind.name}"
    if not (kind.is_text or short == "bpchar"):
        return None
    text = (
        random,
        f"concat({random}, o.{column})",
        f"concat(o.{column}, {random})",
        f"regexp_replace(o.{column}::text, '[0-9]+', '{10**6 + step}')",
    )[way]
    return f"left({text}, {length})::{kind.name}" if length > 0 else f"({text})::{kind.name}"


WAYS = 4
"""Ways of making up a text that `fresh` knows."""
