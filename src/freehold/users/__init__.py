"""People who can sign in."""

from freehold.base.slices import Slice

SLICE = Slice(
    package=__name__,
    parts=("verification", "recovery", "backoff"),
    commands={"users": "Make, list, show and change users; set passwords, export and erase data."},
)
