"""Turns a template and values into HTML, and says what a browser may load with it: what the operator lets it."""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from typing import Any, Final

from freehold.base.settings import SettingError, Settings
from freehold.pages.brand import Brand
from freehold.schema.diagram import STYLE
from freehold.web.answers import Answer, Header
from freehold.web.problems import NoSuchPath

_FOR_EVER: Final[Header] = (b"cache-control", b"public, max-age=31536000, immutable")
"""The address of a file changes with its content."""
_NOTHING: Final[Header] = (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; sandbox")
"""For the logo, opened by itself: a script inside of an SVG does not run."""
_TYPES: Final = {"css": b"text/css; charset=utf-8", "js": b"text/javascript; charset=utf-8"}


class Look:
    """How pages look on one server: templates, brand, style.

    Raises:
        SettingError: the logo cannot be used, or the package for templates is not installed.
    """

    def __init__(self, settings: Settings) -> None:
        require_packages()
        self.brand: Final = Brand.of(settings)
        self._files: Final = dict(_assets(self.brand))
        self._versions: Final = {
            name: hashlib.sha256(answer.body).hexdigest()[:12] for name, answer in self._files.items()
        }
        self.policy: Final[Header] = (b"content-security-policy", _policy(settings).encode("ascii"))

    def render(self, template: str, **values: Any) -> str:
        """Fill in a template, ``PACKAGE/NAME``; values cannot become markup."""
        return str(_environment().get_template(template).render(look=self, **values))

    def file(self, name: str) -> Answer:
        """Return a file that pages use.

        Raises:
            NoSuchPath: there is none with this name.
        """
        found = self._files.get(name)
        if found is None:
            raise NoSuchPath
        return found

    def address(self, name: str) -> str:
        """Write the path of such a file."""
        return f"/assets/{name}?v={self._versions[name]}"


def require_packages() -> None:
    """Return when the packages are installed that pages need.

    Raises:
        SettingError: naming what to do.
    """
    if find_spec("jinja2") is None:
        raise SettingError(
            "FREEHOLD_HOSTED_PAGES is on, and the package jinja2 is not installed: run pip install "
            "'freehold[server]', or set FREEHOLD_HOSTED_PAGES=off"
        )


def _policy(settings: Settings) -> str:
    # Browsers hold what a form's answer redirects to against form-action, too.
    targets = " ".join(["'self'", *sorted(settings.origins)])
    pictures = " ".join(["'self'", "data:", *sorted(settings.shown_origins)])
    return (
        f"default-src 'none'; style-src 'self'; script-src 'self'; img-src {pictures}; connect-src 'self'; "
        f"form-action {targets}; base-uri 'none'; frame-ancestors 'none'"
    )


def _assets(brand: Brand) -> Iterator[tuple[str, Answer]]:
    for asset in (files(__package__) / "assets").iterdir():
        kind = asset.name.rpartition(".")[2]
        body = asset.read_bytes() + ((STYLE + brand.tokens).encode("ascii") if kind == "css" else b"")
        yield asset.name, Answer(200, ((b"content-type", _TYPES[kind]), _FOR_EVER), body)
    if brand.logo is not None:
        kind_of_logo = (b"content-type", brand.logo.content_type.encode("ascii"))
        yield "logo", Answer(200, (kind_of_logo, _FOR_EVER, _NOTHING), brand.logo.content)


@cache
def _environment() -> Any:
    """Make the environment of the templates, once: from the packages of the slices, always escaping."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined  # noqa: PLC0415 - an extra

    def load(name: str) -> str | None:
        package, _, file = name.partition("/")
        found = files(package) / "templates" / file
        return found.read_text("utf-8") if found.is_file() else None

    return Environment(
        loader=FunctionLoader(load),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
