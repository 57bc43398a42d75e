"""Actions that applications declare, beside those of Freehold."""

from freehold.base.slices import Slice

SLICE = Slice(
    package=__name__,
    commands={"actions": "Declare, list, show and delete actions of your own, which roles and API keys can have."},
)
