"""What organizations work on."""

from freehold.base.slices import Slice

SLICE = Slice(package=__name__, commands={"projects": "Make, list, show, change and delete projects."})
