"""Django: what ``manage.py sqlmigrate`` prints, in one file for each migration."""

import re
from graphlib import CycleError, TopologicalSorter

from freehold.migrate.frameworks.original import Original, Script
from freehold.migrate.frameworks.source import Source

_FILE = re.compile(
    r"(?:(?P<place>\d+)_)?(?P<app>[A-Za-z]\w*?)_(?P<number>\d{4})_(?P<name>\w+?)(?P<back>[._](?:down|backwards|reverse))?\.sql"
)
_PYTHON = re.compile(r"^-- (?:MIGRATION NOW PERFORMS|THIS) OPERATION (?:THAT )?CANNOT BE WRITTEN AS SQL", re.MULTILINE)
_CREATED = re.compile(r'^CREATE TABLE "([^"]+)"', re.MULTILINE)
_NAMED = re.compile(r'"([^"]+)"')


def read(source: Source) -> list[Original]:
    """Read every migration: in the order of leading numbers, else each app's in order and after the tables it names."""
    ups: dict[str, re.Match[str]] = {}
    downs: dict[str, str] = {}
    for path in source.files("*.sql"):
        match = _FILE.fullmatch(path.name)
        if match is None:
            source.leave_out(path, "its name is not app_0001_name.sql")
        elif match["back"]:
            downs[_key(match)] = path.name
        else:
            ups[_key(match)] = match
    for key in downs.keys() - ups.keys():
        source.leave_out(source.folder / downs[key], "a way back without a way up")
    scripts = {key: _script(source, match.string) for key, match in ups.items()}
    back = {key: _script(source, name) for key, name in downs.items() if key in ups}
    return [_original(ups[key], scripts[key], back.get(key)) for key in _order(source, ups, scripts)]


def _original(match: re.Match[str], up: Script, down: Script | None) -> Original:
    reason = "there is no file with what 'sqlmigrate --backwards' prints"
    if down is not None and _PYTHON.search(down.text):
        down, reason = None, "its way back has a Python operation, which is not in SQL"
    return Original(match.string, "", f"{match['app']}_{match['name']}", up, down, reason, _left_out(up))


def _key(match: re.Match[str]) -> str:
    return f"{match['app']}_{match['number']}_{match['name']}"


def _script(source: Source, name: str) -> Script:
    path = source.folder / name
    return Script(source.text(path), path)


def _left_out(script: Script) -> tuple[str, ...]:
    return tuple(
        f"line {script.line + script.text.count(chr(10), 0, each.start())}: what a Python operation did is not in it"
        for each in _PYTHON.finditer(script.text)
    )


def _order(source: Source, ups: dict[str, re.Match[str]], scripts: dict[str, Script]) -> list[str]:
    if all(match["place"] for match in ups.values()):
        placed: dict[int, str] = {}
        for key, match in ups.items():
            if (first := placed.setdefault(int(match["place"]), key)) != key:
                source.problem(source.folder / match.string, 0, f"has the number of {ups[first].string}")
        return [key for _, key in sorted(placed.items())]
    creators = {table: key for key, script in scripts.items() for table in _CREATED.findall(script.text)}
    within = sorted(ups, key=lambda key: (ups[key]["app"], ups[key]["number"]))
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for position, key in enumerate(within):
        sorter.add(key)
        if position and ups[within[position - 1]]["app"] == ups[key]["app"]:
            sorter.add(key, within[position - 1])
        for name in _NAMED.findall(scripts[key].text):
            if (creator := creators.get(name, key)) != key and ups[creator]["app"] != ups[key]["app"]:
                sorter.add(key, creator)
    try:
        return list(sorter.static_order())
    except CycleError as error:
        names = ", ".join(ups[key].string for key in error.args[1])
        remedy = "put numbers before the names, such as 0001_app_0001_name.sql"
        source.problem(source.folder, 0, f"which of these comes first cannot be seen: {names}; {remedy}")
        return within
