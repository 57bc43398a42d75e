"""How much of what a project keeps somebody sees, and may write."""

from typing import Any

import msgspec
from msgspec import UNSET

from freehold.access import Action, Scope
from freehold.base.errors import Forbidden
from freehold.projects.types import KeptProject, Project


def as_seen(scope: Scope, found: KeptProject) -> Project:
    """Show what is public to whoever may read projects, not to outsiders; what is private to administrators."""
    if not scope.may(Action.PROJECT_READ):
        return found.project
    shown: dict[str, Any] = {"public_metadata": found.kept.public_metadata}
    if scope.may(Action.ORGANIZATION_UPDATE):
        shown["private_metadata"] = found.kept.private_metadata
    return msgspec.structs.replace(found.project, **shown)


def require_private(scope: Scope, private_metadata: object) -> None:
    """Return where nothing private is written, or by somebody who may.

    Raises:
        Forbidden: the actor may not change the organization.
    """
    if private_metadata is not UNSET and private_metadata != {} and not scope.may(Action.ORGANIZATION_UPDATE):
        raise Forbidden("private_metadata is for administrators: it takes 'organization.update' here")
