"""People who can sign in."""

from freehold.base.slices import Slice

SLICE = Slice(
    package=__name__,
    parts=(
        "verification",
        "recovery",
        "undoing",
        "proving",
        "closing",
        "backoff",
        "repeating",
        "rights",
        "suspension",
        "finding",
    ),
    commands={"users": "Create, list, show and update users; set passwords; export and erase their data."},
)
