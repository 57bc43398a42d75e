"""Goose: ``00001_name.sql`` with ``-- +goose Up`` and ``-- +goose Down``."""

import re

from freehold.migrate.frameworks.original import Original, Script
from freehold.migrate.frameworks.source import Source, substituted

_FILE = re.compile(r"(?P<version>\d+)_(?P<name>.+)\.(?P<kind>sql|go)")
_ANNOTATION = re.compile(r"--\s*\+goose\s+(?P<what>\w.*?)\s*", re.IGNORECASE)
_VARIABLES = (
    re.compile(r"\$\{(?P<name>[A-Za-z]\w*)(?::?-(?P<default>[^}]*))?\}"),
    re.compile(r"(?<!\$)\$(?P<name>[A-Za-z]\w*)"),
)


def read(source: Source) -> list[Original]:
    """Read every migration, in order."""
    found: list[Original] = []
    for path in source.files():
        match = _FILE.fullmatch(path.name)
        if match is None or path.name.endswith("_test.go"):
            if path.suffix == ".sql":
                source.leave_out(path, "its name does not begin with a version and an underscore")
        elif match["kind"] == "go":
            found.append(source.program(path, match["version"], match["name"]))
        else:
            # Goose reads line by line and keeps no CR, not even in a string.
            text = source.text(path).replace("\r\n", "\n")
            found.append(_File(source, Script(text, path)).read(path.name, match["version"], match["name"]))
    return sorted(found, key=lambda original: int(original.version))


class _File:
    def __init__(self, source: Source, script: Script) -> None:
        self._source, self._script = source, script
        self._sections: dict[str, list[str]] = {"up": []}
        self._section = "up"
        self._begun = False
        self._transaction = True
        self._substitutes = False

    def read(self, label: str, version: str, name: str) -> Original:
        for number, line in enumerate(self._script.text.split("\n"), 1):
            annotation = _ANNOTATION.fullmatch(line)
            kept = self._annotated(" ".join(annotation["what"].lower().split()), line, number) if annotation else line
            if self._substitutes:
                kept = self._values(kept, number)
            for section, written in self._sections.items():
                written.append(kept if section == self._section else "")
        if not self._begun:
            self._source.problem(self._script.path, 0, "it has no line '-- +goose Up'")
        scripts = {
            section: self._script._replace(text="\n".join(written), transaction=self._transaction)
            for section, written in self._sections.items()
        }
        return Original(label, version, name, scripts["up"], scripts.get("down"), "the file has no Down section")

    def _annotated(self, what: str, line: str, number: int) -> str:
        """Heed an annotation; gives what to put in the place of its line."""
        match what:
            case "up":
                self._begun = True
            case "down":
                self._section = "down"
                self._sections.setdefault("down", [""] * (number - 1))
            case "statementend":
                return ";"  # also a statement that was written without one ends here
            case "no transaction":
                self._transaction = False
            case "envsub on" | "envsub off":
                self._substitutes = what.endswith("on")
            case "statementbegin":
                pass
            case _:
                return line
        return ""

    def _values(self, line: str, number: int) -> str:
        script = Script(line, self._script.path, number)
        for pattern in _VARIABLES:
            script = substituted(self._source, script, pattern, "variable")
        return script.text
