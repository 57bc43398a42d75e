"""Who may do what with an object, from PostgreSQL's ``aclitem``, such as ``reader=r*w/owner``."""

import re
from collections.abc import Iterator, Sequence

from freehold.migrate.catalog.options import PRIVILEGES

_ITEM = re.compile(r'("(?:[^"]|"")*"|[^"=]*)=([A-Za-z*]*)/(.*)', re.DOTALL)


def granted(
    acl: Sequence[str] | None, usual: Sequence[str] | None, owner: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What differs from the usual privileges: ``reader=SELECT``, ``not PUBLIC=EXECUTE``; ``*`` is WITH GRANT OPTION.

    Args:
        acl: None where nobody ever granted or revoked anything.
        usual: what everybody has without any GRANT.
        owner: grants by anyone else name who gave them.

    Returns:
        The differences, and the letters of privileges that are not known.
    """
    if acl is None or usual is None:
        return (), ()
    given, normal = set(_rights(acl, owner)), set(_rights(usual, owner))
    known = {right for right in given ^ normal if right[1].rstrip("*") in PRIVILEGES}
    texts = [f"{'' if right in given else 'not '}{_text(*right)}" for right in known]
    return tuple(sorted(texts)), tuple(sorted({letter.rstrip("*") for _, letter, _ in (given ^ normal) - known}))


def _rights(acl: Sequence[str], owner: str) -> Iterator[tuple[str, str, str]]:
    for item in acl:
        if match := _ITEM.fullmatch(item):
            grantee, letters, giver = match.groups()
            for letter in re.findall(r"[A-Za-z]\*?", letters):
                yield grantee or "PUBLIC", letter, "" if giver.strip('"') == owner.strip('"') else f" by {giver}"


def _text(grantee: str, letter: str, giver: str) -> str:
    return f"{grantee}={PRIVILEGES[letter.rstrip('*')]}{letter[1:]}{giver}"
