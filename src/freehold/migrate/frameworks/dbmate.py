"""Dbmate: ``20200102030405_name.sql`` with ``-- migrate:up`` and ``-- migrate:down``."""

import re

from freehold.migrate.frameworks.original import Original, Script
from freehold.migrate.frameworks.source import Source

_FILE = re.compile(r"(?P<version>\d+)_?(?P<name>.*)\.sql")
_MARKER = re.compile(r"^--[^\S\n]*migrate:(?P<way>up|down)(?P<options>[^\S\n][^\n]*)?$", re.MULTILINE)


def read(source: Source) -> list[Original]:
    """Read every migration, in dbmate's order: that of the names as texts."""
    found: list[Original] = []
    for path in source.files("*.sql"):
        match = _FILE.fullmatch(path.name)
        if match is None:
            source.leave_out(path, "its name does not begin with a version")
            continue
        up, down = _sections(source, Script(source.text(path), path))
        found.append(
            Original(path.name, match["version"], match["name"], up, down, "the file has no line '-- migrate:down'")
        )
    return found


def _sections(source: Source, script: Script) -> tuple[Script, Script | None]:
    markers = list(_MARKER.finditer(script.text.replace("\r\n", " \n")))
    ways = [marker["way"] for marker in markers]
    if ways not in (["up"], ["up", "down"]):
        line = 1 + script.text.count("\n", 0, markers[-1].start()) if markers else 0
        message = "needs one line '-- migrate:up' and, after it, at most one line '-- migrate:down'"
        source.problem(script.path, line, message)
        return script._replace(text=""), None
    sections: list[Script] = []
    for marker, end in zip(markers, [*(each.start() for each in markers[1:]), len(script.text)], strict=True):
        above = script.text[: marker.start()]
        if marker["way"] == "down":
            above = "\n" * above.count("\n")  # so that every line keeps its number
        transaction = "transaction:false" not in (marker["options"] or "").split()
        sections.append(Script(above + script.text[marker.end() : end], script.path, transaction=transaction))
    return sections[0], sections[1] if len(sections) > 1 else None
