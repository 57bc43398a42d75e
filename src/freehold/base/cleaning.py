"""Turns what was sent into what is stored, before the rule of its kind looks at it; and the words that are taken."""

import re
import unicodedata
from typing import Final

import email_validator

from freehold.base import text
from freehold.base.text_rules import ReservedWord

RESERVED_SLUGS: Final = frozenset(
    "admin api auth billing console current docs health help login logout me new null openapi organization root search "
    "settings signup status support system undefined www".split()
)
"""Slugs that would read as a part of an address, or as nothing."""
RESERVED_NOUNS: Final = frozenset(
    "action api_key audit backup data domain email email_change email_verification event feature freehold invitation "
    "mail member migration organization ownership password_reset project role session signing_key token user webhook "
    "webhook_endpoint".split()
)
"""Nouns of Freehold's actions, now or one day; no application declares actions with these."""

_REGION, _SCRIPT = 2, 4  # letters of a subtag
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


def tidy_name(value: str) -> str:
    """Trim a name; one that shows nothing, or turns the text around it, is refused."""
    name = text.trimmed(value)
    if defect := text.name_defect(name):
        raise ValueError(defect)
    return name


def tidy_email(value: str) -> str:
    """Normalise the domain (IDNA) and keep the case of ASCII letters.

    Addresses are compared without regard to the case of ASCII letters in the database; other letters are folded here,
    before the lengths are checked, since a folded letter can be longer (the dotted capital I becomes two characters).
    """
    folded = "".join(c if c.isascii() else c.lower() for c in unicodedata.normalize("NFC", text.trimmed(value)))
    try:
        address = email_validator.validate_email(folded, check_deliverability=False, test_environment=True)
    except email_validator.EmailNotValidError as error:
        raise ValueError(f"must be a valid e-mail address, such as ada@example.com: {error}") from None
    return f"{address.local_part}@{address.domain}"


def usable_slug(value: str) -> str:
    """Refuse a slug that is reserved or looks like an id."""
    if value in RESERVED_SLUGS:
        raise ReservedWord(f"'{value}' is reserved: choose another slug")
    return _no_id(value)


def _no_id(value: str) -> str:
    if re.fullmatch(_UUID, value):
        raise ReservedWord("must not look like a UUID: choose another name")
    return value


def own_role(value: str) -> str:
    """Refuse the name of a built-in role, and one that looks like an id."""
    if value in {"owner", "admin", "member"}:
        raise ReservedWord(f"'{value}' is a built-in role: choose another name")
    return _no_id(value)


def role_to_give(value: str) -> str:
    """Refuse to make somebody the owner."""
    if value == "owner":
        raise ReservedWord("nobody is made the owner like this: hand the organization over instead")
    return value


def tidy_reference(value: str) -> str:
    """Write an id in small letters; leave a slug as it is."""
    return value.lower() if re.fullmatch(_UUID, value.lower()) else value


def with_own_noun(value: str) -> str:
    """Refuse an action whose noun is one of Freehold's."""
    noun = value.partition(".")[0]
    if noun in RESERVED_NOUNS:
        raise ValueError(f"must not begin with '{noun}', which is Freehold's: choose another noun")
    return value


def tidy_locale(value: str) -> str:
    """Spell a language tag as BCP 47 does: ``de-AT``, ``zh-Hant-TW``."""
    language, *subtags = text.trimmed(value).replace("_", "-").split("-")
    spelled = [
        part.upper() if len(part) == _REGION else part.capitalize() if len(part) == _SCRIPT else part.lower()
        for part in subtags
    ]
    return "-".join([language.lower(), *spelled])
