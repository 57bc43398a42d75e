"""Who did what: every change writes its event in its own transaction."""

from freehold.base.slices import Slice

SLICE = Slice(
    package=__name__,
    parts=("following",),
    commands={"audit": "List, verify and export the audit log.", "events": "Follow the audit log."},
)
