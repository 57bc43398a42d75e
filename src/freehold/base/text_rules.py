"""What one kind of text must be: a rule that cleans what was sent, or says what would be accepted."""

import re
from collections.abc import Callable
from typing import Final

import msgspec

_STORABLE: Final = r"^[^\u0000]*$"
_SURROGATES = re.compile(r"[\ud800-\udfff]")


def _same(value: str) -> str:
    return value


class ReservedWord(ValueError):
    """The text keeps the rule, and stands for something else; the message says for what."""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What one kind of text must be.

    ``says`` is the rule as a sentence for people. ``clean`` turns what was sent into what is stored, before lengths and
    pattern are checked, and raises ValueError with a better sentence where it has one. What is sent may be longer than
    what is stored (``max_sent``), and its pattern another (``published_pattern``): names come with space around them.

    What is published can be read by every engine: without a look ahead, and without classes of Unicode. Where that
    cannot be exact, it is a little narrower than the rule (``published_length`` of a name leaves no place for space
    around 100 characters; a letter of a rare script counts as no capital), never wider but for words that are reserved.
    """

    name: str
    says: str
    min_length: int = 0
    max_length: int
    max_sent: int | None = None
    pattern: str | None = None
    published_pattern: str | None = None
    published_length: int | None = None
    format: str | None = None
    example: str | None = None
    clean: Callable[[str], str] = _same

    @property
    def code(self) -> str:
        """The stable code of a value that breaks this rule."""
        return f"invalid_{self.name}"

    @property
    def meta(self) -> msgspec.Meta:
        """The rule as a JSON schema. Lengths count characters (code points), as PostgreSQL's varchar(n) does."""
        extra: dict[str, object] = {}
        if published := self.published_pattern or (None if self.pattern or self.format else _STORABLE):
            extra["pattern"] = published
        if self.format:
            extra["format"] = self.format
        return msgspec.Meta(
            min_length=self.min_length or None,
            max_length=self.published_length or self.max_sent or self.max_length,
            pattern=None if self.published_pattern else self.pattern,
            description=self.says,
            examples=[self.example] if self.example else None,
            extra_json_schema=extra or None,
        )

    def check(self, value: str) -> str:
        """Return the value as it is stored.

        Raises:
            ValueError: with a sentence that says what would be accepted.
        """
        if defect := text_defect(value):
            raise ValueError(defect)
        if len(value) > (self.max_sent or self.max_length):  # before any time is spent on cleaning
            raise ValueError(self.says)
        cleaned = self.clean(value)
        fits = self.min_length <= len(cleaned) <= self.max_length
        if not fits or (self.pattern is not None and re.search(self.pattern, cleaned) is None):
            raise ValueError(self.says)
        return cleaned


class Ahead(msgspec.Struct, frozen=True, kw_only=True):
    """A moment in the future, at most ``days`` days from now."""

    days: int

    @property
    def says(self) -> str:
        """The rule as a sentence for people."""
        return f"must be in the future, at most {self.days:,} days from now"


def text_defect(value: str) -> str | None:
    """Say why PostgreSQL could not store this text, or None."""
    if "\x00" in value:
        return "must not contain the NUL character (\\u0000)"
    if _SURROGATES.search(value):
        return "must not contain a lone surrogate (\\ud800 to \\udfff): the text is not valid Unicode"
    return None
