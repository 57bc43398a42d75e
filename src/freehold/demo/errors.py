"""What goes wrong with the demonstration."""

from freehold.base.errors import Conflict


class DemoLoaded(Conflict):
    """The demonstration is there already."""

    code = "demo_loaded"
    title = "The demonstration is loaded already: remove it with 'freehold demo --remove'"
