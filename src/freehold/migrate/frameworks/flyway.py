"""Flyway: ``V1_2__name.sql``, ``U1_2__name.sql`` to undo it, ``B5__name.sql`` for all up to 5, ``R__name.sql``."""

import re
from pathlib import Path

from freehold.migrate.frameworks.original import Original, Script
from freehold.migrate.frameworks.source import Source, substituted

_FILE = re.compile(
    r"(?P<kind>[VUBR])(?P<version>(?:\d+(?:[._]\d+)*)?)(?:__(?P<name>.*))?\."
    r"(?P<suffix>sql|java|class|kt|groovy|py|ps1|sh|bash|cmd|bat)"
)
_CALLBACK = re.compile(r"(?:before|after|create)[A-Z].*\.sql")
_PLACEHOLDER = re.compile(r"\$\{(?P<name>[^{}$\s]+)\}")
_OPTION = re.compile(r"^\s*(?:flyway\.)?(?P<name>\w+)\s*=\s*(?P<value>\S+)", re.MULTILINE)

_Version = tuple[int, ...]


def read(source: Source) -> list[Original]:
    """Read every migration, in Flyway's order for a new database: baseline, versions, then the repeatable ones."""
    files: dict[str, dict[_Version, re.Match[str]]] = {kind: {} for kind in "VUB"}
    paths: dict[str, Path] = {}
    repeatable: list[re.Match[str]] = []
    for path in source.files(deep=True):
        match = _FILE.fullmatch(path.name)
        if match is None or (match["kind"] == "R") == bool(match["version"]) or not (match["version"] or match["name"]):
            if path.suffix == ".sql":
                why = "a callback" if _CALLBACK.fullmatch(path.name) else "its name is none that Flyway reads"
                source.leave_out(path, why)
        elif path.name in paths:
            source.problem(path, 0, f"there is another file of that name: {paths[path.name]}")
        else:
            paths[path.name] = path
            if match["kind"] == "R":
                repeatable.append(match)
            elif (version := _version(match)) in (same := files[match["kind"]]):
                source.problem(path, 0, f"has the version of {same[version].string}")
            else:
                same[version] = match
    ordered = _versioned(source, files, paths)
    repeatable.sort(key=lambda each: (each["name"] or "").replace("_", " "))  # by the words, as Flyway does
    return [*ordered, *(_original(source, paths, each) for each in repeatable)]


def _versioned(
    source: Source, files: dict[str, dict[_Version, re.Match[str]]], paths: dict[str, Path]
) -> list[Original]:
    baseline = max(files["B"], default=None)
    chosen = {version: each for version, each in files["V"].items() if baseline is None or version > baseline}
    if baseline is not None:
        chosen[baseline] = files["B"][baseline]
    undone = {version: each for version, each in files["U"].items() if version in chosen and version != baseline}
    used = {each.string for each in (*chosen.values(), *undone.values())}
    for match in (each for kind in files.values() for each in kind.values() if each.string not in used):
        alone = baseline is None or (match["kind"] == "U" and _version(match) not in files["V"])
        instead = "" if baseline is None else files["B"][baseline].string
        source.leave_out(paths[match.string], "it undoes no version" if alone else f"{instead} stands for it")
    return [_original(source, paths, each, undone.get(version)) for version, each in sorted(chosen.items())]


def _version(match: re.Match[str]) -> _Version:
    parts = [int(part) for part in re.split(r"[._]", match["version"])]
    while len(parts) > 1 and parts[-1] == 0:
        parts.pop()  # 1.0 is 1
    return tuple(parts)


def _original(
    source: Source, paths: dict[str, Path], match: re.Match[str], undo: re.Match[str] | None = None
) -> Original:
    path = paths[match.string]
    version = match["version"].replace("_", ".")
    if match["suffix"] != "sql":
        return source.program(path, version, match["name"] or "")
    reasons = {
        "V": f"there is no undo file U{match['version']}__",
        "B": "a baseline stands for migrations before it",
        "R": "a repeatable migration has no undo file",
    }
    notes = ("it ran again whenever it changed; here write a new migration instead",) if match["kind"] == "R" else ()
    down = _script(source, paths[undo.string]) if undo else None
    name, up = match["name"] or "", _script(source, path)
    return Original(match.string, version, name, up, down, reasons[match["kind"]], notes)


def _script(source: Source, path: Path) -> Script:
    options: dict[str, str] = {}
    for beside in (path.with_name(f"{path.name}.conf"), path.with_suffix(".conf")):
        if beside.is_file():
            options |= {each["name"]: each["value"].lower() for each in _OPTION.finditer(source.text(beside))}
    script = Script(source.text(path), path, transaction=options.get("executeInTransaction") != "false")
    if options.get("placeholderReplacement") == "false":
        return script
    return substituted(source, script, _PLACEHOLDER, "placeholder")
