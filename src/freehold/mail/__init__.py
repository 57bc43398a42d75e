"""Mail: written with the change that it speaks of, delivered afterwards."""

from freehold.base.slices import Slice

SLICE = Slice(package=__name__, commands={"mail": "Show the mails that were delivered, or wait to be."})
