"""Names a device from the User-Agent header, so that people recognise where they are signed in: 'Firefox on Linux'.

The header says what its sender likes. This reads the few names that people know and guesses nothing else: a wrong
answer is a wrong label in a list, and a list of every browser would be out of date by next year.
"""

import re
from typing import Final

# The first that fits counts: most browsers also name those that they descend from.
_PROGRAMS: Final = (
    (r"\bEdg(?:e|A|iOS)?/", "Edge"),
    (r"\b(?:OPR|Opera)/", "Opera"),
    (r"\bVivaldi/", "Vivaldi"),
    (r"\bSamsungBrowser/", "Samsung Internet"),
    (r"\b(?:Firefox|FxiOS)/", "Firefox"),
    (r"\b(?:HeadlessChrome|Chromium|Chrome|CriOS)/", "Chrome"),
    (r"\bVersion/[\d.]+ .*\bSafari/", "Safari"),
)
_SYSTEMS: Final = (
    (r"\bWindows\b", "Windows"),
    (r"\biPhone\b", "iPhone"),
    (r"\biPad\b", "iPad"),
    (r"\bAndroid\b", "Android"),
    (r"\bCrOS\b", "ChromeOS"),
    (r"\b(?:Macintosh|Mac OS X)\b", "macOS"),
    (r"\bLinux\b", "Linux"),
)
_PRODUCT = re.compile(r"([A-Za-z][A-Za-z0-9._-]{0,39})(?:/[\w.+-]+)?(?![^\s;(])")
_UNKNOWN: Final = "Unknown device"


def describe(user_agent: str | None) -> str:
    """Describe a device in a few words, such as ``Firefox on Linux`` or ``curl``."""
    if not user_agent:
        return _UNKNOWN
    program = _first(_PROGRAMS, user_agent)
    system = _first(_SYSTEMS, user_agent)
    if program is None and (product := _PRODUCT.match(user_agent)) and product[1] != "Mozilla":
        program = product[1]
    if program is None:
        return system or _UNKNOWN
    return f"{program} on {system}" if system else program


def _first(names: tuple[tuple[str, str], ...], text: str) -> str | None:
    return next((name for pattern, name in names if re.search(pattern, text)), None)
