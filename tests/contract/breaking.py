"""Says what would break the clients of the released OpenAPI document (``make contract``).

A request that was right must stay right, and an answer must be one that clients could meet before. So whatever the
released document lets a client send, the new one must let it send; and whatever the new one lets the server answer, the
released one must have let it answer. Both are one question, whether the values of one schema are among those of another
(``outside``), asked in opposite directions.

``released.json`` is the document of the last release, without what only people read. ``make release-contract`` replaces
it, once what it lists was decided on.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

Json = dict[str, Any]

RELEASED: Final = Path(__file__).with_name("released.json")
FOR_PEOPLE: Final = frozenset(
    {"description", "summary", "example", "examples", "x-enum-descriptions", "info", "servers"}
)
AT_MOST: Final = ("maxLength", "maxItems", "maximum")
AT_LEAST: Final = ("minLength", "minItems", "minimum")
EXACTLY: Final = ("pattern", "format", "const")
METHODS: Final = ("get", "post", "put", "patch", "delete")


class Differ:
    """Compares two documents."""

    def __init__(self, released: Json, current: Json) -> None:
        self.released, self.current = released, current
        self._found: dict[tuple[str, str], list[str]] = {}

    def breaks(self) -> Iterator[str]:
        """Say each change that breaks a client, with the operation and the place in it."""
        for path, methods in self.released["paths"].items():
            for method in METHODS:
                if method not in methods:
                    continue
                new = self.current["paths"].get(path, {}).get(method)
                if new is None:
                    yield f"{method.upper()} {path} is gone"
                else:
                    for problem in self._operation(methods[method], new):
                        yield f"{method.upper()} {path}: {problem}"

    def _operation(self, old: Json, new: Json) -> Iterator[str]:
        if old["operationId"] != new["operationId"]:
            yield f"its name was {old['operationId']}, which is the name of a function in clients"
        if ({} in old["security"] and {} not in new["security"]) or (not old["security"] and new["security"]):
            yield "somebody must be signed in now"
        yield from self._parameters(old, new)
        yield from self._body(old.get("requestBody"), new.get("requestBody"))
        yield from self._answers(old["responses"], new["responses"])

    def _parameters(self, old: Json, new: Json) -> Iterator[str]:
        before = self._by_name(self.released, old)
        after = self._by_name(self.current, new)
        for (place, name), parameter in before.items():
            if (place, name) not in after:
                yield f"{place} {name} is gone"
                continue
            if after[place, name].get("required") and not parameter.get("required"):
                yield f"{place} {name} is required now"
            schemas = (parameter["schema"], self.released), (after[place, name]["schema"], self.current)
            yield from self.outside(*schemas, f"{place} {name}")
        yield from (
            f"{place} {name} is new, and required"
            for (place, name), parameter in after.items()
            if (place, name) not in before and parameter.get("required")
        )

    @staticmethod
    def _by_name(document: Json, operation: Json) -> dict[tuple[str, str], Json]:
        found = [resolved(document, each) for each in operation["parameters"]]
        return {(each["in"], each["name"]): each for each in found}

    def _body(self, old: Json | None, new: Json | None) -> Iterator[str]:
        if old is None:
            if new is not None and new.get("required"):
                yield "a body is required now"
            return
        if new is None:
            yield "it takes no body any more"
            return
        if new.get("required") and not old.get("required"):
            yield "a body is required now"
        for kind, content in old["content"].items():
            if kind not in new["content"]:
                yield f"it takes no {kind} any more"
            else:
                schemas = (content["schema"], self.released), (new["content"][kind]["schema"], self.current)
                yield from self.outside(*schemas, "body")

    def _answers(self, old: Json, new: Json) -> Iterator[str]:
        for status, given in old.items():
            if status not in new:
                if status.startswith("2"):
                    yield f"it does not answer {status} any more"
                continue
            before, after = resolved(self.released, given), resolved(self.current, new[status])
            for kind, content in before.get("content", {}).items():
                if kind not in after.get("content", {}):
                    yield f"the answer {status} is no {kind} any more"
                    continue
                schemas = (after["content"][kind]["schema"], self.current), (content["schema"], self.released)
                yield from self.outside(*schemas, f"answer {status}")
        yield from (f"it answers {status} now" for status in new if status.startswith("2") and status not in old)

    def outside(self, inner: tuple[Json, Json], outer: tuple[Json, Json], where: str) -> Iterator[str]:
        """Say which values of the inner schema are none of the outer; each schema comes with its document."""
        (small, small_in), (large, large_in) = inner, outer
        pair = (f"{id(small_in)}{small}", f"{id(large_in)}{large}")
        if pair in self._found:  # looked at before, or on the way: a schema may hold itself
            yield from self._found[pair]
            return
        found: list[str] = []
        self._found[pair] = found
        wide = list(alternatives(large_in, large))
        for each in alternatives(small_in, small):
            tries: list[list[str]] = [[*self._atom((each, small_in), (other, large_in), where)] for other in wide]
            fewest = min(tries, key=len)
            found += fewest
        yield from found

    def _atom(self, inner: tuple[Json, Json], outer: tuple[Json, Json], where: str) -> Iterator[str]:
        (small, small_in), (large, large_in) = inner, outer
        kind = large.get("type")
        if kind not in {None, small.get("type")} and (small.get("type"), kind) != ("integer", "number"):
            yield f"{where} can be {small.get('type', 'anything')}, and could only be {kind}"
            return
        if "enum" in large and not set(small.get("enum", [None])) <= set(large["enum"]):
            more = sorted(set(small.get("enum", [])) - set(large["enum"])) or "any text"
            yield f"{where} can be {more}, which is none of the words on the other side"
        yield from _limits(small, large, where)
        if "items" in large:
            yield from self.outside((small.get("items", {}), small_in), (large["items"], large_in), f"{where}[]")
        if large.get("type") == "object":
            yield from self._object(inner, outer, where)

    def _object(self, inner: tuple[Json, Json], outer: tuple[Json, Json], where: str) -> Iterator[str]:
        (small, small_in), (large, large_in) = inner, outer
        missing = set(large.get("required", ())) - set(small.get("required", ()))
        yield from (f"{where}.{name} can be left out, and was always there" for name in sorted(missing))
        have, known = small.get("properties", {}), large.get("properties", {})
        for name in [*known, *(name for name in have if name not in known)]:
            if name not in have:
                if large_in is self.released and name not in missing:
                    yield f"{where}.{name} is gone"
            elif name not in known:
                if large.get("additionalProperties") is False:
                    yield f"{where}.{name} is not known any more"
            else:
                yield from self.outside((have[name], small_in), (known[name], large_in), f"{where}.{name}")


def _limits(small: Json, large: Json, where: str) -> Iterator[str]:
    """Say which rule of the outer schema the inner one does not keep."""
    for name in EXACTLY:
        if large.get(name, small.get(name)) != small.get(name):
            yield f"{where} differs in its {name}: {small.get(name)!r} and {large[name]!r}"
    for name in AT_MOST:
        if name in large and small.get(name, float("inf")) > large[name]:
            yield f"{where} differs in its {name}: {small.get(name)} and {large[name]}"
    for name in AT_LEAST:
        if name in large and small.get(name, 0) < large[name]:
            yield f"{where} differs in its {name}: {small.get(name)} and {large[name]}"
    if large.get("uniqueItems") and not small.get("uniqueItems"):
        yield f"{where} could have an entry twice"


def resolved(document: Json, given: Json) -> Json:
    """Follow a reference."""
    while "$ref" in given:
        found: Any = document
        for part in given["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        given = found
    return given


def alternatives(document: Json, schema: Json) -> Iterator[Json]:
    """Give the schemas that a value may fit, each without references and choices."""
    schema = resolved(document, schema)
    if "anyOf" in schema:
        for each in schema["anyOf"]:
            yield from alternatives(document, each)
    else:
        yield schema


def for_programs(document: Any, *, names: bool = False) -> Any:
    """Leave out of a document what only people read; in a place of names, each name is kept."""
    if isinstance(document, list):
        return [for_programs(each) for each in document]
    if not isinstance(document, dict):
        return document
    return {
        key: for_programs(
            value, names=key in {"properties", "schemas", "parameters", "responses", "paths"} and not names
        )
        for key, value in document.items()
        if names or key not in FOR_PEOPLE
    }


def main(arguments: list[str]) -> int:
    """Compare; with ``release``, keep the present document as the released one."""
    from freehold.serve.application import openapi  # noqa: PLC0415 - slow to import

    current = for_programs(openapi())
    found = list(Differ(json.loads(RELEASED.read_text("utf-8")), current).breaks()) if RELEASED.exists() else []
    for each in found:
        sys.stdout.write(f"{each}\n")
    if arguments == ["release"]:
        RELEASED.write_text(json.dumps(current, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
        return 0
    summary = f"{len(found)} changes break clients of the released contract" if found else "Nothing breaks a client"
    sys.stdout.write(f"{summary}\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
