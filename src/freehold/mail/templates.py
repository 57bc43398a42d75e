"""What mails say: plain files with ``$names``, each of which a folder of yours can replace.

A mail NAME is three files: ``NAME.subject.txt``, ``NAME.txt`` and ``NAME.html``. The values of a mail are the names in
the built-in files, and ``public_url``. Everything is read and checked when the platform opens, so that a slip in a
file of yours is told at the start and not when somebody waits for a mail.
"""

import html
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Final, NamedTuple

from freehold.base.settings import SettingError

SUFFIXES: Final = (".subject.txt", ".txt", ".html")
EVERYWHERE: Final = frozenset({"public_url", "reset_link"})
"""Values that every mail has."""
LINKS: Final = ("link", "reset_link")
"""Values that are empty where there is no page to lead to: the paragraphs that name them are then left out."""

_TEXT_PARAGRAPH = re.compile(r"(?:.+\n)+\n*")
_HTML_PARAGRAPH = re.compile(r"<p\b.*?</p>\n?", re.DOTALL)

_MOST_SUBJECT: Final = 255  # characters, as the column holds


class Rendered(NamedTuple):
    """A mail, ready to be sent: a subject of one line, and the body twice."""

    subject: str
    text: str
    html: str


class Templates:
    """All mails by name."""

    def __init__(self, mails: Mapping[str, tuple[Template, Template, Template]]) -> None:
        self._mails = mails

    @property
    def names(self) -> frozenset[str]:
        """Which mails there are."""
        return frozenset(self._mails)

    def render(self, name: str, values: Mapping[str, str]) -> Rendered:
        """Fill in the values; in HTML they cannot become markup, and in a subject no second line.

        Raises:
            LookupError: there is no such mail, or it has another value: a fault of the caller's code.
        """
        subject, text, page = self._mails[name]
        for link in LINKS:
            if values.get(link) == "":
                text, page = _without(_TEXT_PARAGRAPH, text, link), _without(_HTML_PARAGRAPH, page, link)
        return Rendered(
            subject=" ".join(subject.substitute(values).split())[:_MOST_SUBJECT],
            text=text.substitute(values),
            html=page.substitute({key: html.escape(value) for key, value in values.items()}),
        )


@cache
def load(folder: Path | None) -> Templates:
    """Read the built-in files, and those of a folder that replace them.

    Raises:
        SettingError: the folder cannot be read, holds a file that replaces nothing, or a file of it names a value that
            the mail does not have.
    """
    builtin = {path.name: path.read_text("utf-8") for path in (files("freehold.mail") / "templates").iterdir()}
    own = _read_folder(folder) if folder else {}
    names = sorted(name.removesuffix(".subject.txt") for name in builtin if name.endswith(".subject.txt"))
    mails = {}
    for name in names:
        parts = [name + suffix for suffix in SUFFIXES]
        known = EVERYWHERE.union(*(Template(builtin[part]).get_identifiers() for part in parts))
        subject, text, page = (
            _checked(part, own.pop(part), known) if part in own else Template(builtin[part]) for part in parts
        )
        mails[name] = (subject, text, page)
    if own:
        raise SettingError(
            f"FREEHOLD_MAIL_TEMPLATES: '{min(own)}' replaces none of the mails {', '.join(names)}; each is the files "
            f"{', '.join('NAME' + suffix for suffix in SUFFIXES)}: rename or remove it"
        )
    return Templates(mails)


def _without(paragraph: re.Pattern[str], template: Template, name: str) -> Template:
    """Leave out the paragraphs that name a value."""
    return Template(
        paragraph.sub(lambda found: "" if name in Template(found[0]).get_identifiers() else found[0], template.template)
    )


def _read_folder(folder: Path) -> dict[str, str]:
    try:
        return {path.name: path.read_text("utf-8") for path in folder.iterdir() if path.suffix in {".txt", ".html"}}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"FREEHOLD_MAIL_TEMPLATES is '{folder}', which cannot be read: {error}") from None


def _checked(name: str, text: str, known: frozenset[str]) -> Template:
    template = Template(text)
    if not template.is_valid():
        raise SettingError(
            f"FREEHOLD_MAIL_TEMPLATES: '{name}' has a '$' without a name: write '$$' for the sign itself"
        )
    if strange := sorted(set(template.get_identifiers()) - known):
        raise SettingError(
            f"FREEHOLD_MAIL_TEMPLATES: '{name}' names ${strange[0]}, which this mail does not have; "
            f"it has: {', '.join(f'${value}' for value in sorted(known))}"
        )
    return template
