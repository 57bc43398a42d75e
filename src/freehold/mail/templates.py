"""What mails say: plain files with ``$names``, in folders by language, each of which a folder of yours can replace.

A mail NAME is three files: ``NAME.subject.txt``, ``NAME.txt`` and ``NAME.html``. The values of a mail are the names in
the English files, and ``public_url``. ``words.txt`` has what is said in place of a value that cannot be said safely.
Everything is read and checked when the platform opens, so that a slip in a file of yours is told at the start and not
when somebody waits for a mail.

A file of yours in ``FOLDER/de`` replaces that of German mails. One in ``FOLDER`` itself replaces it in every language
that has none of its own there.
"""

import html
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Final, NamedTuple

from freehold.base.scalars import LOCALE_PATTERN
from freehold.base.settings import SettingError
from freehold.mail.saying import safely

SUFFIXES: Final = (".subject.txt", ".txt", ".html")
WORDS: Final = "words.txt"
EVERYWHERE: Final = frozenset({"public_url", "reset_link"})
"""Values that every mail has."""
LINKS: Final = ("link", "reset_link")
"""Values that are empty where there is no page to lead to: the paragraphs that name them are then left out."""

_TEXT_PARAGRAPH = re.compile(r"(?:.+\n)+\n*")
_HTML_PARAGRAPH = re.compile(r"<p\b.*?</p>\n?", re.DOTALL)

FALLBACK: Final = "en"
"""The language behind every other."""

_MOST_SUBJECT: Final = 255  # characters, as the column holds
_SETTING: Final = "FREEHOLD_MAIL_TEMPLATES"

Mail = tuple[Template, Template, Template]
Texts = dict[str, str]


class Rendered(NamedTuple):
    """A mail, ready to be sent: a subject of one line, and the body twice."""

    subject: str
    text: str
    html: str


class Language(NamedTuple):
    """The mails of one language by name, and its words for what is left out."""

    mails: Mapping[str, Mail]
    words: Mapping[str, str]


class Templates:
    """All mails, by language and name."""

    def __init__(self, languages: Mapping[str, Language]) -> None:
        self._languages = languages

    @property
    def names(self) -> frozenset[str]:
        """Which mails there are."""
        return frozenset(self._languages[FALLBACK].mails)

    @property
    def locales(self) -> frozenset[str]:
        """In which languages there are mails."""
        return frozenset(self._languages)

    def mail(self, name: str, locale: str | None = None) -> Mail:
        """Find a mail in a language, or else in the next that is like it, or else in English.

        Raises:
            LookupError: there is no such mail.
        """
        return self._found(name, locale)[0]

    def render(self, name: str, values: Mapping[str, str], locale: str | None = None) -> Rendered:
        """Fill in the values, each as it can be said safely; in HTML they cannot become markup.

        Raises:
            LookupError: there is no such mail, or it has another value: a fault of the caller's code.
        """
        (subject, text, page), words = self._found(name, locale)
        said = {key: safely(key, value) or (words[key] if key not in LINKS else "") for key, value in values.items()}
        for link in LINKS:
            if values.get(link) == "":
                text, page = _without(_TEXT_PARAGRAPH, text, link), _without(_HTML_PARAGRAPH, page, link)
        return Rendered(
            subject=" ".join(subject.substitute(said).split())[:_MOST_SUBJECT],
            text=text.substitute(said),
            html=page.substitute({key: html.escape(value) for key, value in said.items()}),
        )

    def _found(self, name: str, locale: str | None) -> tuple[Mail, Mapping[str, str]]:
        for tag in candidates(locale):
            language = self._languages.get(tag)
            if language is not None and name in language.mails:
                return language.mails[name], language.words
        fallback = self._languages[FALLBACK]
        return fallback.mails[name], fallback.words


def candidates(locale: str | None) -> Iterator[str]:
    """Name the languages that serve somebody who reads one, the best first: ``de-AT``, ``de``."""
    parts = (locale or "").split("-")
    for length in range(len(parts), 0, -1):
        yield "-".join(parts[:length])


@cache
def load(folder: Path | None) -> Templates:
    """Read the built-in files, and those of a folder that replace them.

    Raises:
        SettingError: the folder cannot be read, holds a file that replaces nothing, or a file of it names a value that
            the mail does not have.
    """
    builtin = {
        place.name: {path.name: path.read_text("utf-8") for path in place.iterdir()}
        for place in (files("freehold.mail") / "templates").iterdir()
    }
    english = builtin[FALLBACK]
    names = sorted(name.removesuffix(SUFFIXES[0]) for name in english if name.endswith(SUFFIXES[0]))
    own = _read_folder(folder) if folder else {}
    everywhere = own.pop("", {})
    _refuse_strange({"": everywhere, **own}, names)
    return Templates(
        {
            locale: _language(locale, builtin.get(locale, {}), everywhere, own.get(locale, {}), names, english)
            for locale in sorted({*builtin, *own})
        }
    )


def _language(  # noqa: PLR0917 - what is there, from the weakest to the strongest, and what it is held to
    locale: str, builtin: Texts, everywhere: Texts, own: Texts, names: list[str], english: Texts
) -> Language:
    found = {**builtin, **everywhere, **own}
    mails: dict[str, Mail] = {}
    for name in names:
        parts = [name + suffix for suffix in SUFFIXES]
        if not builtin and not any(part in own for part in parts):
            continue
        if lacking := [part for part in parts if part not in found]:
            raise SettingError(f"{_SETTING}: '{locale}' has no '{lacking[0]}': a mail is the files {', '.join(parts)}")
        known = EVERYWHERE.union(*(Template(english[part]).get_identifiers() for part in parts))
        subject, text, page = (_checked(part, found[part], known) for part in parts)
        mails[name] = (subject, text, page)
    return Language(mails, _read_words(english[WORDS]) | _read_words(found.get(WORDS, "")))


def _refuse_strange(own: Mapping[str, Texts], names: list[str]) -> None:
    parts = {name + suffix for name in names for suffix in SUFFIXES} | {WORDS}
    if strange := sorted(file for texts in own.values() for file in texts if file not in parts):
        raise SettingError(
            f"{_SETTING}: '{strange[0]}' replaces none of the mails {', '.join(names)}; each is the files "
            f"{', '.join('NAME' + suffix for suffix in SUFFIXES)}: rename or remove it"
        )


def _without(paragraph: re.Pattern[str], template: Template, name: str) -> Template:
    """Leave out the paragraphs that name a value."""
    return Template(
        paragraph.sub(lambda found: "" if name in Template(found[0]).get_identifiers() else found[0], template.template)
    )


def _read_words(text: str) -> Texts:
    lines = (line.partition("=") for line in text.splitlines() if "=" in line and not line.startswith("#"))
    return {name.strip(): word.strip() for name, _, word in lines}


def _read_folder(folder: Path) -> dict[str, Texts]:
    """Read the files of a folder, and of the folders in it that are called as a language is."""
    try:
        places = [each for each in folder.iterdir() if each.is_dir() and re.search(LOCALE_PATTERN, each.name)]
        return {"": _read_files(folder)} | {place.name: _read_files(place) for place in places}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"{_SETTING} is '{folder}', which cannot be read: {error}") from None


def _read_files(folder: Path) -> Texts:
    return {path.name: path.read_text("utf-8") for path in folder.iterdir() if path.suffix in {".txt", ".html"}}


def _checked(name: str, text: str, known: frozenset[str]) -> Template:
    template = Template(text)
    if not template.is_valid():
        raise SettingError(f"{_SETTING}: '{name}' has a '$' without a name: write '$$' for the sign itself")
    if strange := sorted(set(template.get_identifiers()) - known):
        raise SettingError(
            f"{_SETTING}: '{name}' names ${strange[0]}, which this mail does not have; "
            f"it has: {', '.join(f'${value}' for value in sorted(known))}"
        )
    return template
