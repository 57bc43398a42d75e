"""The interactive documentation at /docs: Swagger UI from the installed package, nothing from elsewhere."""

from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from freehold.web.answers import Answer, Header
from freehold.web.asgi import ASGIApp
from freehold.web.fixed import Fixed
from freehold.web.problems import NoSuchPath

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""No script but our files; the viewer writes style attributes, so those are let through."""

POLICY: Final[Header] = (b"content-security-policy", _POLICY.encode("ascii"))
_HOUR: Final[Header] = (b"cache-control", b"max-age=3600")
_OURS = {"index.html": "text/html; charset=utf-8", "start.js": "text/javascript; charset=utf-8"}
_VIEWER = {
    "swagger-ui.css": "text/css; charset=utf-8",
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "favicon-32x32.png": "image/png",
}


@cache
def _answer(name: str) -> Answer:
    if name in _OURS:
        return Answer(200, (_header(_OURS[name]), POLICY, _HOUR), (files(__package__) / name).read_bytes())
    if name in _VIEWER:
        return Answer(200, (_header(_VIEWER[name]), POLICY, _HOUR), (_viewer_folder() / name).read_bytes())
    raise NoSuchPath


def _viewer_folder() -> Path:
    """Find the package's files without importing it: its code, for other frameworks, is not needed."""
    package = find_spec("swagger_ui")
    if package is None or package.origin is None:
        raise NoSuchPath
    return Path(package.origin).with_name("static")


def _header(content_type: str) -> Header:
    return (b"content-type", content_type.encode("ascii"))


PAGES: Final[dict[str, ASGIApp]] = {
    "/docs": Fixed(lambda _: _answer("index.html")),
    "/docs/{file}": Fixed(lambda scope: _answer(scope["path_params"][0])),
}
