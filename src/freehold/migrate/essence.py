"""What a definition means, without the two ways in which PostgreSQL writes the same list of texts.

What it prints of an expression is not always what it prints of the same expression read back. Of ``name IN ('a')`` it
prints ``(ARRAY['a'::character varying])::text[]``, and once that is restored ``ARRAY[('a'::character varying)::text]``.
"""

import re
from functools import lru_cache

_QUOTED = re.compile(r"""(E?'(?:[^']|'')*')|"(?:[^"]|"")*"|(\$\w*\$).*?\2""", re.DOTALL)
_TYPE = r"[\w.\0]+(?: varying| precision| with(?:out)? time zone)?(?:\(\d+(?:,\d+)?\))?(?:\[\])*"
_ATOM = rf"[\w.\0]+(?:::{_TYPE})*"

_ARRAY_CAST = re.compile(rf"\(ARRAY\[([^\[\]]*)\]\)::({_TYPE})\[\]")
_COMMA = re.compile(r", (?![^()]*\))")
_TEXT_CAST = re.compile(r"(\0s\d+)::(?:text|character varying)\b(?![\[(])")
_NEEDLESS = re.compile(rf"(?<!\w)\(({_ATOM}|ARRAY\[[^()\[\]]*\])\)")


@lru_cache(maxsize=1 << 16)
def essence(definition: str) -> str:
    """A definition whose casts stand at each text of a list, and not at all at a bare text."""
    if "::" not in definition:
        return definition
    quoted: list[str] = []

    def hide(match: re.Match[str]) -> str:
        quoted.append(match[0])
        return f"\0{'s' if match[1] else 'n'}{len(quoted) - 1}"  # no text of PostgreSQL's has a NUL

    text, before = _QUOTED.sub(hide, definition), ""
    while text != before:
        before = text
        text = _TEXT_CAST.sub(r"\1", _NEEDLESS.sub(r"\1", _ARRAY_CAST.sub(_each_cast, text)))
    return re.sub(r"\0[sn](\d+)", lambda match: quoted[int(match[1])], text)


def _each_cast(match: re.Match[str]) -> str:
    return f"ARRAY[{', '.join(f'({element})::{match[2]}' for element in _COMMA.split(match[1]))}]"
