"""A project, and what is sent to make or change one."""

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from freehold.base.scalars import Description, Features, Name, Visibility
from freehold.base.validation import Input


class ProjectSettings(msgspec.Struct, frozen=True):
    """Who can see a project, and which features are on."""

    visibility: Visibility
    features: Features


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """A project of an organization. Times are UTC. ``updated_at`` grows with every change and is the version."""

    id: UUID
    name: Name
    organization_id: UUID
    description: Description
    settings: ProjectSettings
    created_at: datetime
    updated_at: datetime


class NewProjectSettings(Input, frozen=True, kw_only=True):
    """The settings of a new project: private and without features by default."""

    visibility: Visibility = "private"
    features: Features = ()


class NewProject(Input, frozen=True, kw_only=True):
    """A new project."""

    name: Name
    description: Description = ""
    settings: NewProjectSettings = NewProjectSettings()


class ProjectSettingsPatch(Input, frozen=True, kw_only=True):
    """Changes to project settings. Fields that you leave out stay the same; features are replaced as a whole."""

    visibility: Visibility | UnsetType = UNSET
    features: Features | UnsetType = UNSET


class ProjectPatch(Input, frozen=True, kw_only=True):
    """Changes to a project (RFC 7396). Fields that you leave out stay the same."""

    name: Name | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    settings: ProjectSettingsPatch | UnsetType = UNSET
