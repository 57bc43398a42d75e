"""What organizations work on."""

from freehold.base.slices import Slice

SLICE = Slice(package=__name__, commands={"projects": "Create, list and show projects."})
