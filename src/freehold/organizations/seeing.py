"""How much of an organization somebody sees: members take ``member.read``, private metadata the right to change it."""

import msgspec

from freehold.access import Action, Scope
from freehold.organizations.types import KeptOrganization, Organization


def as_seen(scope: Scope, organization: Organization) -> Organization:
    """Show as much of an organization as the actor may read there."""
    return organization if scope.may(Action.MEMBER_READ) else without_members(organization)


def kept_as_seen(scope: Scope, found: KeptOrganization) -> Organization:
    """The same, with what the organization keeps."""
    shown = with_kept(found) if scope.may(Action.ORGANIZATION_UPDATE) else with_public(found)
    return as_seen(scope, shown)


def with_kept(found: KeptOrganization) -> Organization:
    """Show all that an organization keeps."""
    return msgspec.structs.replace(with_public(found), private_metadata=found.kept.private_metadata)


def with_public(found: KeptOrganization) -> Organization:
    """Show what an organization keeps for everybody who may read it."""
    return msgspec.structs.replace(found.organization, public_metadata=found.kept.public_metadata)


def without_members(organization: Organization) -> Organization:
    """Leave out who the members are; how many they are stays."""
    return msgspec.structs.replace(organization, members=())
