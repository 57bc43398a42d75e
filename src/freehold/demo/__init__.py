"""A small demonstration to look at: organizations with people and projects, removable as a whole."""

from freehold.base.slices import Slice

SLICE = Slice(
    package=__name__,
    commands={"demo": "Load a small demonstration to look at, or remove it."},
)
