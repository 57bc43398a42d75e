"""What can go wrong with tokens for other services."""

from freehold.base.errors import Conflict, Forbidden


class OrganizationNeeded(Forbidden):
    """A limited API key asks for a token that would say nothing of its limits."""

    code = "organization_needed"
    title = "This API key is limited: name an organization, so that the token says what the key may do there"


class TokenTooLarge(Conflict):
    """What the actor may do does not fit into a token."""

    code = "token_too_large"
    title = "You may do too much here for one token: name the actions that the service needs in 'actions'"
