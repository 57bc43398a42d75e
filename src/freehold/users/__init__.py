"""People who can sign in."""

from freehold.base.slices import Slice

SLICE = Slice(
    package=__name__,
    parts=("verification", "recovery", "backoff"),
    commands={"users": "Create, list and show users; set passwords; export and erase their data."},
)
