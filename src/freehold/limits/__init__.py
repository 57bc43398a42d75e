"""How often anybody may ask: counted in each process, summed up over all nodes in the database."""

from freehold.base.slices import Slice

SLICE = Slice(package=__name__)
