"""Every public name of Freehold, gathered from where it lives; ``freehold`` hands them out on first use."""

from freehold.access import GRANTS, Action, Role
from freehold.context import Actor
from freehold.errors import (
    Conflict,
    FieldError,
    Forbidden,
    FreeholdError,
    Invalid,
    Missing,
    SchemaPending,
    Stale,
    Unauthenticated,
    Unavailable,
)
from freehold.organizations.members.types import Member, NewRole
from freehold.organizations.types import (
    NewOrganization,
    NewOwner,
    Organization,
    OrganizationPatch,
    OrganizationSummary,
    UserWithOrganizations,
)
from freehold.paging import Page, PageRequest
from freehold.platform import Platform
from freehold.projects.types import (
    NewProject,
    NewProjectSettings,
    Project,
    ProjectPatch,
    ProjectSettings,
    ProjectSettingsPatch,
)
from freehold.sessions.types import NewSession, Session, SignedIn
from freehold.settings import Settings
from freehold.users.types import (
    NewProfile,
    NewUser,
    PasswordChange,
    Profile,
    ProfilePatch,
    User,
    UserPatch,
    UserSummary,
)

__all__ = [
    "GRANTS",
    "Action",
    "Actor",
    "Conflict",
    "FieldError",
    "Forbidden",
    "FreeholdError",
    "Invalid",
    "Member",
    "Missing",
    "NewOrganization",
    "NewOwner",
    "NewProfile",
    "NewProject",
    "NewProjectSettings",
    "NewRole",
    "NewSession",
    "NewUser",
    "Organization",
    "OrganizationPatch",
    "OrganizationSummary",
    "Page",
    "PageRequest",
    "PasswordChange",
    "Platform",
    "Profile",
    "ProfilePatch",
    "Project",
    "ProjectPatch",
    "ProjectSettings",
    "ProjectSettingsPatch",
    "Role",
    "SchemaPending",
    "Session",
    "Settings",
    "SignedIn",
    "Stale",
    "Unauthenticated",
    "Unavailable",
    "User",
    "UserPatch",
    "UserSummary",
    "UserWithOrganizations",
]
