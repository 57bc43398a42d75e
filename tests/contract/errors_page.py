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
from freehold.base.errors import FreeholdError, Refused
from freehold.base.text_rules import Rule
from freehold.migrate import MigrateError
from freehold.passwords.scalars import PASSWORD_HASH
from freehold.web import codes
from freehold.web.problems import STATUS, Internal, status_of

BaseT = TypeVar("BaseT", FreeholdError, MigrateError)

ELSEWHERE = {
    "mismatch": "(On a page of the console) The name that was typed is not that of what is to be deleted.",
    "inactive_user": "(A row of another system) This user is not allowed to sign in there.",
    "invalid_action": "An action must have the form noun.verb.",
    "invalid_count": "The number is too small.",
    "invalid_details": "The value must be an object.",
    "invalid_hash": "The value must be a SHA-256 hash.",
    "invalid_owner": "The key must belong to either a user or an organization.",
    "line_too_long": "(A line of a file) The line is too long.",
    "malformed": "(A line of a file) The line is not valid JSON, CSV or UTF-8.",
    "no_administrator": "(For the operator) The one who is to act for a user must be an active platform administrator.",
    "no_such_event": "The log has no event with this id.",
    "no_such_organization": "No organization has this id.",
    "reserved_action": "The action begins with a noun of Freehold's own: use your own noun.",
    "too_long": "The value is too long; `detail` says how long it may be.",
    "too_few": "The list has too few entries.",
    "wrong_columns": "(A line of a CSV file) The line has more or fewer values than the header has columns.",
}
"""Codes of failing fields that no answer over HTTP has, with their meaning."""
SHAPES = codes.SHAPES | ELSEWHERE

HEAD = """\
# Errors

Every error has a **code**. Codes do not change from version to version, so write your program against them.

- Over HTTP, an error is a problem answer (RFC 9457): `application/problem+json` with `type`
  (`urn:freehold:problem:CODE`), `title`, `status`, `detail`, `code` and `request_id`.
- In Python, it is an exception of the class shown here, with `code`, `title` and `detail`.

`detail` says what is wrong this time and what to do next. Its wording may change. Codes without a status never reach a
client: only the person who starts the server sees them.

This page is generated from the classes by `make renew`, and a test compares it.

## Codes

| code | status | class | meaning |
| --- | --- | --- | --- |
"""

FIELDS = """
## Codes of failing fields

An answer with status 422 lists every failing field in `errors`, each as `{pointer, code, detail}`. So does one with
status 409 that refuses the value of a field, though the value keeps the rules. `pointer` is a JSON pointer (RFC 6901)
into the body, or `/name` for a part of the path or of the query string.

| code | meaning |
| --- | --- |
"""

ENGINE = """
## Codes of the migration engine

These are the errors of `freehold migrate` and `freehold.migrate`.

| code | class | meaning |
| --- | --- | --- |
"""


def modules() -> Iterator[Path]:
    """Import the whole product and give the source of each module."""
    for found in pkgutil.walk_packages(freehold.__path__, "freehold."):
        if found.name.startswith("freehold.integrations.django."):
            spec = found.module_finder.find_spec(found.name, None)  # importing it needs a project's settings
            if spec is not None and spec.origin:
                yield Path(spec.origin)
        elif not found.name.endswith("__main__"):
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
                position = {"FieldError": 1, "fail": 2, "failing": 1}.get(node.func.id)
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
    refused = {
        code: f"{each.explanation or each.title}." for code, each in classes.items() if issubclass(each, Refused)
    }
    fields = refused | {code: f"The value {says}." for code, says in rules.items()} | SHAPES
    shapes = [f"| `{code}` | {fields[code]} |" for code in sorted(fields)]
    return "\n".join([HEAD + "\n".join(rows), FIELDS + "\n".join(shapes), ENGINE + "\n".join(engine), ""])
