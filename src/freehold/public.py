"""Every public name of Freehold, gathered from where it lives; ``freehold`` hands them out on first use."""

from freehold.access import GRANTS, Action, Role
from freehold.api_keys.types import ApiKey, IssuedApiKey, KeyRotation, NewApiKey
from freehold.audit.types import (
    AccountAuditPageRequest,
    AuditEvent,
    AuditHead,
    AuditPageRequest,
    AuditReport,
    ExportedEvent,
    Finding,
)
from freehold.base.errors import (
    Conflict,
    FieldError,
    Forbidden,
    FreeholdError,
    Invalid,
    InvalidToken,
    Missing,
    OutcomeUnknown,
    SchemaPending,
    Stale,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
)
from freehold.base.settings import Settings
from freehold.data.context import Actor
from freehold.data.paging import Page, PageRequest
from freehold.mail.types import Message
from freehold.organizations.deletion.types import DeletedOrganization
from freehold.organizations.invitations.types import Invitation, InvitationAcceptance, Membership, NewInvitation
from freehold.organizations.members.types import LeftBehind, Member, MembersPageRequest, NewRole
from freehold.organizations.roles.types import (
    Access,
    AccessQuestion,
    CustomRole,
    NewCustomRole,
    RoleEntry,
    RolePatch,
)
from freehold.organizations.types import (
    NewOrganization,
    NewOwner,
    Organization,
    OrganizationPatch,
    OrganizationsPageRequest,
)
from freehold.personal_data.types import PersonalData
from freehold.platform import Platform
from freehold.projects.types import (
    NewProject,
    NewProjectSettings,
    Project,
    ProjectPatch,
    ProjectSettings,
    ProjectSettingsPatch,
    ProjectsPageRequest,
)
from freehold.sessions.types import NewSession, Session, SessionRefresh, SignedIn
from freehold.transfer.refusals import Refusals
from freehold.transfer.types import ImportPlan, ImportReport, Refusal
from freehold.users.finding.types import UsersPageRequest
from freehold.users.recovery.types import NewPasswordReset, PasswordResetCompletion
from freehold.users.rights.types import AdminGrant
from freehold.users.suspension.types import NewSuspension, Suspension
from freehold.users.types import (
    NewProfile,
    NewUser,
    OrganizationSummary,
    PasswordChange,
    Profile,
    ProfilePatch,
    User,
    UserPatch,
    UserSummary,
    UserWithOrganizations,
)
from freehold.users.undoing.types import EmailUndo
from freehold.users.verification.types import EmailVerification, PasswordNeeded

__all__ = [
    "GRANTS",
    "Access",
    "AccessQuestion",
    "AccountAuditPageRequest",
    "Action",
    "Actor",
    "AdminGrant",
    "ApiKey",
    "AuditEvent",
    "AuditHead",
    "AuditPageRequest",
    "AuditReport",
    "Conflict",
    "CustomRole",
    "DeletedOrganization",
    "EmailUndo",
    "EmailVerification",
    "ExportedEvent",
    "FieldError",
    "Finding",
    "Forbidden",
    "FreeholdError",
    "ImportPlan",
    "ImportReport",
    "Invalid",
    "InvalidToken",
    "Invitation",
    "InvitationAcceptance",
    "IssuedApiKey",
    "KeyRotation",
    "LeftBehind",
    "Member",
    "MembersPageRequest",
    "Membership",
    "Message",
    "Missing",
    "NewApiKey",
    "NewCustomRole",
    "NewInvitation",
    "NewOrganization",
    "NewOwner",
    "NewPasswordReset",
    "NewProfile",
    "NewProject",
    "NewProjectSettings",
    "NewRole",
    "NewSession",
    "NewSuspension",
    "NewUser",
    "Organization",
    "OrganizationPatch",
    "OrganizationSummary",
    "OrganizationsPageRequest",
    "OutcomeUnknown",
    "Page",
    "PageRequest",
    "PasswordChange",
    "PasswordNeeded",
    "PasswordResetCompletion",
    "PersonalData",
    "Platform",
    "Profile",
    "ProfilePatch",
    "Project",
    "ProjectPatch",
    "ProjectSettings",
    "ProjectSettingsPatch",
    "ProjectsPageRequest",
    "Refusal",
    "Refusals",
    "Role",
    "RoleEntry",
    "RolePatch",
    "SchemaPending",
    "Session",
    "SessionRefresh",
    "Settings",
    "SignedIn",
    "Stale",
    "Suspension",
    "TooManyRequests",
    "Unauthenticated",
    "Unavailable",
    "User",
    "UserPatch",
    "UserSummary",
    "UserWithOrganizations",
    "UsersPageRequest",
]
