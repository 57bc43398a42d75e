"""The operator's name, logo and colour, made readable on light and dark ground alike."""

import hashlib
from colorsys import hls_to_rgb, rgb_to_hls
from pathlib import Path
from typing import Final

import msgspec

from freehold.base.settings import SettingError, Settings

MOST_LOGO_BYTES: Final = 256 * 1024
_READABLE: Final = 4.5  # WCAG 2.2, 1.4.3: contrast of text
_GROUNDS: Final = {"light": "#f0efe9", "dark": "#1f231e"}
"""The hardest ground of each scheme that the colour is read on."""
_DARK_PART: Final = 0.04045  # below it sRGB is linear
_INKS: Final = ("#ffffff", "#0d1a14")
_SIGNATURES: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"RIFF", "image/webp"),
)

Colour = tuple[int, int, int]


class Logo(msgspec.Struct, frozen=True):
    """A picture, as it is served."""

    content: bytes
    content_type: str

    @property
    def version(self) -> str:
        """Changes with the picture."""
        return hashlib.sha256(self.content).hexdigest()[:12]


class Brand(msgspec.Struct, frozen=True, kw_only=True):
    """What the pages show of the operator."""

    name: str
    logo: Logo | None
    tokens: str

    @classmethod
    def of(cls, settings: Settings) -> "Brand":
        """Read it from the settings.

        Raises:
            SettingError: the logo cannot be used.
        """
        return cls(name=settings.brand_name, logo=_read(settings.brand_logo), tokens=tokens(settings.brand_accent))


def tokens(accent: str) -> str:
    """Write the colours that derive from the accent as custom properties of a style sheet."""
    light, dark = readable(accent, "light"), readable(accent, "dark")
    on = tuple(max(_INKS, key=lambda ink: contrast(ink, shown)) for shown in (light, dark))
    return f":root{{--accent:light-dark({light},{dark});--on-accent:light-dark({on[0]},{on[1]})}}\n"


def readable(accent: str, scheme: str) -> str:
    """Return the colour, darkened or lightened until text of it can be read, and text on it."""
    hue, lightness, saturation = rgb_to_hls(*(part / 255 for part in _rgb(accent)))
    goal = 0.0 if scheme == "light" else 1.0
    for step in range(101):
        tone = hls_to_rgb(hue, lightness + (goal - lightness) * step / 100, saturation)
        shown = _hex((round(tone[0] * 255), round(tone[1] * 255), round(tone[2] * 255)))
        ground = _hex(_mixed(_rgb(_GROUNDS[scheme]), _rgb(shown), 0.12))  # where it stands on a wash of itself
        if contrast(shown, ground) >= _READABLE and max(contrast(ink, shown) for ink in _INKS) >= _READABLE:
            return shown
    return "#000000" if scheme == "light" else "#ffffff"


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21, as WCAG defines it."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= _DARK_PART else float(((part + 0.055) / 1.055) ** 2.4)


def _rgb(colour: str) -> Colour:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _hex(colour: Colour) -> str:
    return f"#{colour[0]:02x}{colour[1]:02x}{colour[2]:02x}"


def _mixed(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _read(path: Path | None) -> Logo | None:
    if path is None:
        return None
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SettingError(f"FREEHOLD_BRAND_LOGO is '{path}', which cannot be read: {error.strerror}") from None
    content_type = next((kind for start, kind in _SIGNATURES if content.startswith(start)), None)
    if content_type is None and b"<svg" in content[:1024]:
        content_type = "image/svg+xml"
    if content_type is None or len(content) > MOST_LOGO_BYTES:
        raise SettingError(f"FREEHOLD_BRAND_LOGO is '{path}': must be an SVG, PNG, WebP or JPEG of at most 256 KiB")
    return Logo(content, content_type)
