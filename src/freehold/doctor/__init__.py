"""Looks at an installation as a whole, and says what to do about what it finds."""

from freehold.base.slices import Slice

SLICE = Slice(
    package=__name__,
    commands={"doctor": "Examine the installation, and say what to do about each finding."},
)
