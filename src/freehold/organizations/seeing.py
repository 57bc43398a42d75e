"""How much of an organization somebody sees: who its members are takes ``member.read``."""

import msgspec

from freehold.access import Action, Scope
from freehold.organizations.types import Organization


def as_seen(scope: Scope, organization: Organization) -> Organization:
    """Show as much of an organization as the actor may read there."""
    return organization if scope.may(Action.MEMBER_READ) else without_members(organization)


def without_members(organization: Organization) -> Organization:
    """Leave out who the members are; how many they are stays."""
    return msgspec.structs.replace(organization, members=())
