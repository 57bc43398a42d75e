"""Who did what: every change writes its event in its own transaction."""

from freehold.base.slices import Slice

SLICE = Slice(
    package=__name__, commands={"audit": "Read the audit log, check that nobody has changed it, and export it."}
)
