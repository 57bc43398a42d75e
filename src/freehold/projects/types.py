"""A project, and what is sent to make or change one."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from freehold.base.metadata import Kept, Metadata, MetadataPatch
from freehold.base.scalars import Description, Feature, Features, Name, SearchText, Visibility
from freehold.base.validation import Input
from freehold.data.paging import PageRequest


class ProjectSettings(msgspec.Struct, frozen=True):
    """Who can see a project, and which features are on."""

    visibility: Visibility
    features: Features


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """A project of an organization. Times are UTC. ``updated_at`` grows with every change and is the version.

    Where one project is read, made or changed, members also see ``public_metadata``, and those who may change the
    organization ``private_metadata``. Lists leave both out.
    """

    id: UUID
    name: Name
    organization_id: UUID
    description: Description
    settings: ProjectSettings
    created_at: datetime
    updated_at: datetime
    public_metadata: Metadata | UnsetType = UNSET
    private_metadata: Metadata | UnsetType = UNSET


class KeptProject(msgspec.Struct, frozen=True):
    """A project with all that it keeps. Never leaves the operations."""

    project: Project
    kept: Kept


class ProjectsPageRequest(PageRequest, frozen=True, kw_only=True):
    """Filters for a list of projects, each of which can be left out.

    ``q`` is the beginning of a name; with it, the list is in order of name, unless ``sort`` says otherwise.
    """

    q: SearchText | None = None
    visibility: Visibility | None = None
    feature: Feature | None = None
    sort: Literal["newest", "oldest", "name"] | None = None

    @property
    def narrows(self) -> bool:
        """Whether anything but the whole list, newest first, is asked for."""
        return not (self.q is self.visibility is self.feature is None and self.sort in {None, "newest"})


class NewProjectSettings(Input, frozen=True, kw_only=True):
    """The settings of a new project: private and without features by default."""

    visibility: Visibility = "private"
    features: Features = ()


class NewProject(Input, frozen=True, kw_only=True):
    """A new project."""

    name: Name
    description: Description = ""
    settings: NewProjectSettings = NewProjectSettings()
    public_metadata: Metadata = msgspec.field(default_factory=dict)
    private_metadata: Metadata = msgspec.field(default_factory=dict)


class ProjectSettingsPatch(Input, frozen=True, kw_only=True):
    """Changes to project settings. Fields that you leave out stay the same; features are replaced as a whole."""

    visibility: Visibility | UnsetType = UNSET
    features: Features | UnsetType = UNSET


class ProjectPatch(Input, frozen=True, kw_only=True):
    """Changes to a project (RFC 7396). Fields that you leave out stay the same; null removes a key of metadata."""

    name: Name | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    settings: ProjectSettingsPatch | UnsetType = UNSET
    public_metadata: MetadataPatch | UnsetType | None = UNSET
    private_metadata: MetadataPatch | UnsetType | None = UNSET
