"""Says in a mail what other people have typed, so that it cannot pass for a link or for more than a name.

Whoever reads a mail trusts it for coming from the platform. A name such as ``Your account is locked: https://...``
would make it carry what somebody else wants to say. What cannot be said safely is left out.
"""

import re
import unicodedata
from typing import Final

OURS: Final = frozenset(
    {"days", "endpoint_id", "hint", "hours", "link", "minutes", "public_url", "reset_link", "since", "token"}
)
"""Values that Freehold makes itself, which are said as they are."""

ADDRESSES: Final = frozenset({"email", "new_email"})
"""Values that are e-mail addresses."""

_LOOKS_LIKE_A_LINK: Final = re.compile(r":/?/|www[.\u3002\uff61]|=\?", re.IGNORECASE)
_DOT_IN_A_DOMAIN: Final = re.compile(r"(?<=\w)[.\u3002\uff0e\uff61](?=[^\W\d_]{2})")
_SPACES: Final = re.compile(r"\s+")
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def safely(name: str, value: str) -> str | None:
    """Return a value as a mail may say it, on one line; None when it must be left out.

    Args:
        name: of the value, as files of mails know it.
        value: what somebody has typed.
    """
    if name in OURS:
        return value
    seen = _SPACES.sub(" ", "".join(" " if _is_unseen(each) else each for each in value)).strip()
    bare = unicodedata.normalize("NFKC", seen)
    squeezed = "".join(each for each in unicodedata.normalize("NFKC", value) if not _is_unseen(each))
    if not seen or any(_LOOKS_LIKE_A_LINK.search(text) for text in (seen, bare, squeezed)):
        return None
    return seen if name in ADDRESSES else _DOT_IN_A_DOMAIN.sub(" ", seen)


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in _UNSEEN
