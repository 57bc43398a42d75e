"""The first answer to a request that is sent again: kept for a day, sealed with the caller's own key."""

from freehold.base.slices import Slice

SLICE = Slice(package=__name__)
