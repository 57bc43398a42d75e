"""What can go wrong when the rights of a platform administrator are given or taken."""

from freehold.base.errors import Conflict


class LastAdministrator(Conflict):
    """Nobody else could administer the platform: whoever is suspended does not count."""

    code = "last_administrator"
    title = "This is the last active platform administrator: make somebody else one first"
