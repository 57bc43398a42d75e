"""A project, and what is sent to make or change one."""

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from freehold.base.scalars import Description, Features, Name, Visibility
from freehold.base.validation import Input


class ProjectSettings(msgspec.Struct, frozen=True):
    """Who may see a project, and what is switched on in it."""

    visibility: Visibility
    features: Features


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """What an organization works on. Times are UTC; ``updated_at`` grows with every change and is the version."""

    id: UUID
    name: Name
    organization_id: UUID
    description: Description
    settings: ProjectSettings
    created_at: datetime
    updated_at: datetime


class NewProjectSettings(Input, frozen=True, kw_only=True):
    """Settings to start with: private, with no features, unless said otherwise."""

    visibility: Visibility = "private"
    features: Features = ()


class NewProject(Input, frozen=True, kw_only=True):
    """A project to make."""

    name: Name
    description: Description = ""
    settings: NewProjectSettings = NewProjectSettings()


class ProjectSettingsPatch(Input, frozen=True, kw_only=True):
    """Changes to a project's settings: what is absent stays; features are replaced as a whole."""

    visibility: Visibility | UnsetType = UNSET
    features: Features | UnsetType = UNSET


class ProjectPatch(Input, frozen=True, kw_only=True):
    """Changes to a project (RFC 7396): what is absent stays."""

    name: Name | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    settings: ProjectSettingsPatch | UnsetType = UNSET
