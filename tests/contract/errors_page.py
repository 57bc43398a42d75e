"""Writes docs/reference/errors.md from the classes themselves."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import freehold
from freehold.base import scalars
from freehold.base.errors import FreeholdError
from freehold.base.scalars import Rule
from freehold.migrate import MigrateError
from freehold.passwords.formats import PASSWORD_HASH
from freehold.web.problems import STATUS, Internal, status_of

BaseT = TypeVar("BaseT", FreeholdError, MigrateError)

SHAPES = {
    "duplicate": "stands in the list already",
    "inactive_user": "(a row of another system) is a user who may not sign in there",
    "invalid_action": "is not of the form noun.verb",
    "invalid_choice": "is none of the words that are accepted here",
    "invalid_count": "is a number that counts nothing",
    "invalid_details": "is not an object",
    "invalid_hash": "is not a SHA-256 hash",
    "invalid_owner": "belongs to nobody, or to two",
    "invalid_reference": "is not what this part of the path names: a UUID, a slug, or a word such as `me`",
    "invalid_time": "is not a time with its offset",
    "invalid_token": "is not a token",
    "invalid_uuid": "is not a UUID",
    "missing": "is required",
    "line_too_long": "(a line of a file) is longer than any line that is right",
    "malformed": "(a line of a file) is not JSON, not CSV or not UTF-8",
    "no_such_organization": "is the id of no organization",
    "no_such_project": "is the id of no project that the key could reach",
    "out_of_range": "is a whole number or a time below or above what is accepted",
    "repeated_key": "stands more than once in its object or in the query string",
    "too_many": "is a list of too many entries",
    "unknown_field": "is not known here",
    "unknown_role": "is the name of no role that the organization has",
    "wrong_columns": "(a line of a CSV file) has more or fewer values than the file has columns",
    "wrong_type": "is text, a number, a list, an object, true, false or null where something else is wanted",
}
"""Codes of failing fields that are no rule of a value, with what the field is or does."""

HEAD = """\
# Errors

Every error has a **code** that stays as it is from version to version. Over HTTP it is a problem answer (RFC 9457):
`application/problem+json` with `type` (`urn:freehold:problem:CODE`), `title`, `status`, `detail`, `code` and
`request_id`. In Python it is the class, with `code`, `title` and `detail`. `detail` tells what is wrong this time and
what to do next; its wording may change. Without a status: met by who starts the server, never by who calls it.

This page is made from the classes by `make renew`; a test compares it.

## Codes

| code | status | class | meaning |
| --- | --- | --- | --- |
"""

FIELDS = """
## Codes of failing fields

An answer with status 422 names every failing field in `errors`: `{pointer, code, detail}`, where `pointer` is a JSON
pointer (RFC 6901) into the body, or `/name` of a part of the path or of the query string.

| code | the field |
| --- | --- |
"""

ENGINE = """
## Codes of the migration engine

What `freehold migrate` and `freehold.migrate` refuse.

| code | class | meaning |
| --- | --- | --- |
"""


def modules() -> Iterator[Path]:
    """Import the whole product and give the source of each module."""
    for found in pkgutil.walk_packages(freehold.__path__, "freehold."):
        if not found.name.endswith("__main__"):
            module = importlib.import_module(found.name)
            if module.__file__:
                yield Path(module.__file__)


def by_code(base: type[BaseT]) -> dict[str, type[BaseT]]:
    """Find the product's errors of one family that bring a code of their own, at every depth.

    Raises:
        LookupError: two errors that are not parent and child have one code.
    """
    found: dict[str, type[BaseT]] = {}
    families = [base]
    while families:
        each = families.pop(0)
        families += each.__subclasses__()
        if each is base or not each.__module__.startswith("freehold."):
            continue
        first = found.setdefault(each.code, each)
        if first not in each.__mro__:
            raise LookupError(f"{each.__name__} and {first.__name__} have the code '{each.code}'")
    return found


def field_codes(sources: Iterable[Path]) -> set[str]:
    """Find the codes of failing fields that are written out in the source."""
    found: set[str] = set()
    for source in sources:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                position = {"FieldError": 1, "_fail": 2, "failing": 1}.get(node.func.id)
                if position is None:
                    continue
                given = node.args[position : position + 1]
                found |= {
                    value.value for value in given if isinstance(value, ast.Constant) and isinstance(value.value, str)
                }
    return found


def _status(kind: type[FreeholdError]) -> str:
    known = status_of(kind)
    return str(known) if known != STATUS[Internal] or kind is Internal else ""


def render() -> str:
    """Write the page."""
    sources = list(modules())
    classes = by_code(FreeholdError)
    rows = [
        f"| `{code}` | {_status(each)} | `{each.__name__}` | {each.explanation or each.title} |"
        for code, each in sorted(classes.items())
    ]
    engine = [
        f"| `{code}` | `{each.__name__}` | {inspect.getdoc(each) or ''} |".replace("\n\n", " ").replace("\n", " ")
        for code, each in sorted(by_code(MigrateError).items())
    ]
    rules = {rule.code: rule.says for rule in (*vars(scalars).values(), PASSWORD_HASH) if isinstance(rule, Rule)}
    unknown = field_codes(sources) - set(SHAPES) - set(rules) - set(classes)
    if unknown:
        raise LookupError(f"say in tests/contract/errors_page.py what these codes of fields mean: {sorted(unknown)}")
    fields = {code: f"does not fit: it {says}" for code, says in rules.items()} | SHAPES
    shapes = [f"| `{code}` | {fields[code]} |" for code in sorted(fields)]
    return "\n".join([HEAD + "\n".join(rows), FIELDS + "\n".join(shapes), ENGINE + "\n".join(engine), ""])
