"""Schemas of what is sent and of what is answered, from the types themselves, as generators of clients can read them.

What is sent is described by its rules, exactly: whoever keeps to the schema is not answered 422. What is answered is
described leniently, by types and names alone, so that a rule that changes breaks nobody who reads.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from inspect import cleandoc
from typing import Annotated, Any, Final, get_args, get_origin

import msgspec
from msgspec import UnsetType

from freehold.access import Action
from freehold.base.metadata import values
from freehold.base.validation import Input
from freehold.data.paging import Page
from freehold.web.references import alternatives

Json = dict[str, Any]

REFERENCE: Final = "#/components/schemas/{name}"
_RULES: Final = frozenset(
    "minLength maxLength pattern minimum maximum exclusiveMinimum exclusiveMaximum minItems maxItems uniqueItems "
    "multipleOf".split()
)
_RULED_FORMATS: Final = frozenset({"email", "password"})
_KNOWN_ACTION: Final = "KnownAction"
_OPEN: Final = {Action.__name__: _KNOWN_ACTION}
"""Choices that grow, so that a reader must expect others: the component that holds those known today."""

CURSOR: Final[Json] = {
    "type": "string",
    "description": "A position in a list: the `next_cursor` of the page before. It is opaque, and good for that list.",
}


def components(kinds: Iterable[Any]) -> dict[str, Json]:
    """Describe every type that is sent or answered, and the types in them, by name."""
    found = {name: kind for kind in kinds for name, kind in _structs(kind)}
    _, schemas = msgspec.json.schema_components([*found.values()], ref_template=REFERENCE)
    for name, kind in found.items():
        _name_times(kind, schemas[name])
        schemas[name] = sent(schemas[name]) if issubclass(_origin(kind), Input) else _answered(kind, schemas[name])
    for name in schemas.keys() - found.keys():
        schemas[name] = _tidy(schemas[name])
    for name, known in _OPEN.items():
        if name in schemas:
            schemas[known] = schemas.pop(name)
            schemas[name] = _opened(known, schemas[known]["description"])
    for name, kind in found.items():
        if issubclass(_origin(kind), Input):
            schemas[name] = of_today(schemas[name])
    for name, kind in found.items():
        parent: type = _origin(kind).__mro__[1]
        if found.get(parent.__name__) is parent and _field_names(kind) == _field_names(parent):
            del schemas[name]  # it narrows its parent for readers of Python alone
            old, new = (f'/{each}"'.encode() for each in (name, parent.__name__))
            schemas = msgspec.json.decode(msgspec.json.encode(schemas).replace(old, new))
    return {**schemas, **{name: _tidy(schema) for name, schema in values().items()}, "Cursor": CURSOR}


def schema_of(kind: Any) -> Json:
    """Describe a type where it stands; a structure is referred to by its name."""
    (schema,), _ = msgspec.json.schema_components([kind], ref_template=REFERENCE)
    if datetime in alternatives(kind):  # msgspec names the format only of those that are annotated as aware
        schema = {**schema, "format": "date-time"}
    found: Json = msgspec.json.decode(re.sub(rb"\bPage_(\w+?)_(?=\")", rb"\1Page", msgspec.json.encode(schema)))
    return found


def of_today(schema: Json) -> Json:
    """Let what is sent have the words of today alone; what is answered may have those of tomorrow."""
    text = msgspec.json.encode(schema)
    for name, known in _OPEN.items():
        text = text.replace(f'/{name}"'.encode(), f'/{known}"'.encode())
    found: Json = msgspec.json.decode(text)
    return found


def sent(schema: Json) -> Json:
    """Tidy the schema of what is sent. A default is said in words: with one, generators call the field required."""
    return _walk(_tidy(schema), _say_default)


def prose(docstring: str) -> str:
    """Turn a docstring into Markdown for people who know JSON and HTTP, not Python."""
    text = re.sub(r":\w+:`~?([^`]+)`", r"`\1`", docstring.replace("``", "`"))
    return re.sub(r"(?<!-)\bNone\b(?!-)", "null", text)


def _opened(known: str, description: str) -> Json:
    return {
        "description": f"{description} Expect values that are not in the list: it grows.",
        "anyOf": [{"$ref": REFERENCE.format(name=known)}, {"type": "string"}],
    }


def open_choice(known: str, meanings: dict[str, str], description: str) -> dict[str, Json]:
    """Describe a text that is one of the known words, each with its meaning, or one of a later version."""
    listed = "\n".join(f"- `{word}`: {meaning}" for word, meaning in meanings.items())
    return {
        known.removeprefix("Known"): _opened(known, description),
        known: {
            "type": "string",
            "enum": [*meanings],
            "description": f"{description} Those of this version:\n\n{listed}",
            "x-enum-descriptions": [*meanings.values()],
        },
    }


def _structs(kind: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Go through the structures in a type, each with the name that msgspec gives it."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    origin = _origin(kind)
    if isinstance(origin, type) and issubclass(origin, msgspec.Struct):
        if kind in above:
            return
        yield _name(kind), kind
        for field in msgspec.structs.fields(kind):
            yield from _structs(field.type, (*above, kind))
    else:
        for part in get_args(kind):
            yield from _structs(part, above)


def _field_names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in msgspec.structs.fields(kind))


def _origin(kind: Any) -> Any:
    return get_origin(kind) or kind


def _name(kind: Any) -> str:
    arguments = get_args(kind)
    return f"{_origin(kind).__name__}_{arguments[0].__name__}_" if arguments else kind.__name__


def _name_times(kind: Any, schema: Json) -> None:
    for field in msgspec.structs.fields(kind):
        inner = schema["properties"][field.encode_name]
        if any(_is_time(each) for each in alternatives(field.type)):
            for choice in inner.get("anyOf", [inner]):
                if choice.get("type") == "string":
                    choice["format"] = "date-time"


def _is_time(kind: Any) -> bool:
    return kind is datetime or (get_origin(kind) is Annotated and get_args(kind)[0] is datetime)


def _answered(kind: Any, schema: Json) -> Json:
    """Describe an answer: what it always has is required, whatever Python takes for a default; rules are left out."""
    fields = msgspec.structs.fields(kind)
    always = [field.encode_name for field in fields if UnsetType not in alternatives(field.type)]
    lenient = _walk(_tidy(schema), _drop_rules)
    if get_origin(kind) is Page:
        lenient["properties"]["next_cursor"] = {
            "anyOf": [{"$ref": REFERENCE.format(name="Cursor")}, {"type": "null"}],
            "description": "The cursor of the next page; null on the last page.",
        }
    return {**lenient, "required": always} if always else {k: v for k, v in lenient.items() if k != "required"}


def _drop_rules(schema: Json) -> Json:
    kept = {key: value for key, value in schema.items() if key not in {*_RULES, "default"}}
    if kept.pop("propertyNames", None):  # metadata: what is in it is said where it is sent
        kept["additionalProperties"] = True
    if kept.get("format") in _RULED_FORMATS:
        del kept["format"]
    if str(kept.get("description", "")).startswith("must "):  # a rule in words
        del kept["description"]
    return kept


def _say_default(schema: Json) -> Json:
    if "default" not in schema:
        return schema
    said = {key: value for key, value in schema.items() if key != "default"}
    value = schema["default"]
    if value not in (None, []):
        words = f"By default `{value if isinstance(value, str) else msgspec.json.encode(value).decode()}`."
        said["description"] = f"{_sentence(said.get('description', ''))} {words}".strip()
    return said


def _sentence(text: str) -> str:
    return text if not text or text.endswith(".") else f"{text}."


def _tidy(schema: Json) -> Json:
    described = _walk(schema, _typed)
    if "description" in described:  # a docstring; only from Python 3.13 on it comes without its indentation
        described["description"] = prose(cleandoc(described["description"]))
    return {key: value for key, value in described.items() if not (key == "required" and not value)}


def _typed(schema: Json) -> Json:
    """Drop the titles, which are names of classes; give enums their type, and patterns an end that all engines know."""
    tidy = {key: value for key, value in schema.items() if key != "title"}
    if "enum" in tidy and "type" not in tidy:
        tidy = {"type": "string", **tidy}
    if "pattern" in tidy:
        known_end = tidy["pattern"].replace(r"(?![\s\S])", "$").replace("(?:", "(")
        tidy["pattern"] = _ESCAPED.sub(_spelt, _BEYOND_BMP.sub("", known_end))
    return tidy


_ESCAPED: Final = re.compile(r"\\u([0-9a-f]{4})")
_BEYOND_BMP: Final = re.compile("[\U00010000-\U0010ffff](-[\U00010000-\U0010ffff])?")
"""What JavaScript reads as two characters without its flag ``u``, which validators of documents do not set."""
_ONE_BYTE: Final = 0x100


def _spelt(escape: re.Match[str]) -> str:
    """Spell a character so that ECMA, Python, RE2, Rust and Java read it alike: none of them knows all escapes."""
    code = int(escape[1], 16)
    return f"\\x{code:02x}" if code < _ONE_BYTE else chr(code)


def _walk(schema: Json, change: Any) -> Json:
    """Change a schema and those in it."""
    changed: Json = {**change(schema)}
    for key in ("items", "additionalProperties"):
        if isinstance(changed.get(key), dict):
            changed[key] = _walk(changed[key], change)
    if "anyOf" in changed:
        changed["anyOf"] = [_walk(each, change) for each in changed["anyOf"]]
    if "properties" in changed:
        changed["properties"] = {name: _walk(each, change) for name, each in changed["properties"].items()}
    return changed
