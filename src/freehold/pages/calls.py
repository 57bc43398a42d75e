"""The API call that does what a page does, written out for who reads the page: for a shell and in Python."""

import json
import shlex
from typing import Any
from urllib.parse import urlencode

import msgspec

_TOKEN = "FREEHOLD_TOKEN"  # noqa: S105 - the name of a variable


def with_query(path: str, **query: str | None) -> str:
    """Write a path with the fields of a query string that have a value."""
    fields = {name: value for name, value in query.items() if value}
    return f"{path}?{urlencode(fields)}" if fields else path


class Call(msgspec.Struct, frozen=True):
    """One call of the API.

    Attributes:
        does: what it does, as a heading.
        method: of HTTP.
        path: with the ids filled in, from ``/v1``.
        body: what is sent as JSON, if anything is.
    """

    does: str
    method: str
    path: str
    body: dict[str, Any] | None = None

    def curl(self, server: str) -> str:
        """Write it for a shell; the token comes from the environment."""
        parts = ["curl"] if self.method == "GET" else ["curl", "-X", self.method]
        lines = [" ".join([*parts, shlex.quote(f"{server}{self.path}")]), f'-H "Authorization: Bearer ${_TOKEN}"']
        if self.body is not None:
            document = json.dumps(self.body, ensure_ascii=False)
            lines += ["-H 'Content-Type: application/json'", f"-d {shlex.quote(document)}"]
        return " \\\n  ".join(lines)

    def python(self, server: str) -> str:
        """Write it for Python's standard library."""
        headers = f'{{"Authorization": f"Bearer {{os.environ[\'{_TOKEN}\']}}"'
        data = ""
        if self.body is not None:
            headers += ', "Content-Type": "application/json"'
            data = f"    data=json.dumps({self.body!r}).encode(),\n"
        return (
            f"import json, os\nfrom urllib.request import Request, urlopen\n\n"
            f"request = Request(\n    {f'{server}{self.path}'!r},\n    method={self.method!r},\n"
            f"    headers={headers}}},\n{data})\nwith urlopen(request) as answer:\n"
            "    print(json.loads(answer.read() or b'null'))"
        )
