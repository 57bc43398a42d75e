"""All that is kept about one person: to be handed out as a file, or erased."""

from freehold.base.slices import Slice

SLICE = Slice(package=__name__, adds={"users": ("export", "erase", "delete")})
