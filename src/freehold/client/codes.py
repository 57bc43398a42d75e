"""Every error that an answer can stand for, by its code."""

# Generated from the library and the routes by `make renew`; a test compares it.

from typing import Final

from freehold.access.own import NoSuchAction, UnknownAction
from freehold.actions.errors import ActionChanged, ActionInUse, ActionTaken, BuiltInAction, TooManyActions
from freehold.api_keys.errors import ApiKeyExpired, BeyondKeys, NoSuchApiKey, NoSuchProject, TooManyApiKeys
from freehold.audit.errors import ChainForked
from freehold.base.errors import (
    Conflict,
    Forbidden,
    FreeholdError,
    Invalid,
    InvalidToken,
    Missing,
    Moved,
    OutcomeUnknown,
    Refused,
    Renamed,
    Reserved,
    SchemaPending,
    Stale,
    StillReferenced,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
    Untimely,
)
from freehold.data.failures import ReadOnly
from freehold.data.handing import TenantRoleUnusable
from freehold.data.paging import InvalidCursor
from freehold.demo.errors import DemoLoaded
from freehold.idempotency.errors import IdempotencyKeyInFlight, IdempotencyKeyReused, InvalidIdempotencyKey
from freehold.limits.errors import LimitReached
from freehold.mail.errors import MailedTooOften, SentTooMany
from freehold.organizations.errors import OrganizationGone, OwnerMustStay, OwnsOrganizations, SlugTaken, TooManyOldSlugs
from freehold.organizations.invitations.errors import (
    AlreadyInvited,
    InvitationEnded,
    InvitationForAnother,
    InvitedTwice,
    InviterLacksRight,
    NoSuchInvitation,
    TooManyInvitations,
)
from freehold.organizations.members.errors import AlreadyMember, InvitationNeeded, NoSuchUser, RoleGone
from freehold.organizations.ownership.errors import (
    AlreadyOwner,
    ConsentNeeded,
    NewOwnerIsNoMember,
    NoSuchOwnerOffer,
    OwnerOfferVoid,
)
from freehold.organizations.roles.errors import BuiltInRole, NoSuchRole, RoleInUse, RoleTaken, TooManyRoles, UnknownRole
from freehold.passwords.hashing import CommonPassword
from freehold.sessions.errors import WrongCredentials
from freehold.tenants.protecting import CannotProtect, NoSuchTable
from freehold.tokens.errors import OrganizationNeeded, TokenTooLarge
from freehold.transfer.errors import BadFile, ImportIsRunning, NotThatSystem
from freehold.users.backoff.errors import SignInDelayed
from freehold.users.errors import (
    EmailTaken,
    IdTaken,
    SignUpClosed,
    TokenRepeated,
    UserGone,
    UsernameTaken,
    WrongPassword,
)
from freehold.users.proving.errors import FreshSignInNeeded, NotWhileActing
from freehold.users.rights.errors import LastAdministrator
from freehold.users.suspension.errors import AccountSuspended, NotSuspended, UserSuspended
from freehold.users.verification.errors import EmailUnverified, EmailVerified
from freehold.web.origins import OriginRefused
from freehold.web.problems import (
    Internal,
    Malformed,
    MethodNotAllowed,
    NoSuchPath,
    TooLarge,
    TooSlow,
    UnsupportedMediaType,
)
from freehold.webhooks.errors import (
    NoSuchDelivery,
    NoSuchWebhookEndpoint,
    ReplayTooLong,
    TooManyWebhookEndpoints,
    UnknownEvent,
    WebhookEndpointDisabled,
    WebhookUrlRefused,
)

BY_CODE: Final[dict[str, type[FreeholdError]]] = {
    "account_suspended": AccountSuspended,
    "action_changed": ActionChanged,
    "action_in_use": ActionInUse,
    "action_taken": ActionTaken,
    "already_invited": AlreadyInvited,
    "already_member": AlreadyMember,
    "already_owner": AlreadyOwner,
    "api_key_expired": ApiKeyExpired,
    "bad_file": BadFile,
    "beyond_api_keys": BeyondKeys,
    "body_too_large": TooLarge,
    "built_in_action": BuiltInAction,
    "built_in_role": BuiltInRole,
    "cannot_protect": CannotProtect,
    "chain_forked": ChainForked,
    "common_password": CommonPassword,
    "conflict": Conflict,
    "consent_needed": ConsentNeeded,
    "demo_loaded": DemoLoaded,
    "email_taken": EmailTaken,
    "email_unverified": EmailUnverified,
    "email_verified": EmailVerified,
    "forbidden": Forbidden,
    "fresh_sign_in_needed": FreshSignInNeeded,
    "id_taken": IdTaken,
    "idempotency_key_in_flight": IdempotencyKeyInFlight,
    "idempotency_key_reused": IdempotencyKeyReused,
    "import_is_running": ImportIsRunning,
    "internal": Internal,
    "invalid": Invalid,
    "invalid_cursor": InvalidCursor,
    "invalid_expiry": Untimely,
    "invalid_idempotency_key": InvalidIdempotencyKey,
    "invalid_token": InvalidToken,
    "invitation_ended": InvitationEnded,
    "invitation_for_another": InvitationForAnother,
    "invitation_needed": InvitationNeeded,
    "invited_twice": InvitedTwice,
    "inviter_lacks_right": InviterLacksRight,
    "last_administrator": LastAdministrator,
    "limit_reached": LimitReached,
    "mailed_too_often": MailedTooOften,
    "malformed": Malformed,
    "method_not_allowed": MethodNotAllowed,
    "moved": Moved,
    "new_owner_is_no_member": NewOwnerIsNoMember,
    "no_such_action": NoSuchAction,
    "no_such_api_key": NoSuchApiKey,
    "no_such_delivery": NoSuchDelivery,
    "no_such_invitation": NoSuchInvitation,
    "no_such_owner_offer": NoSuchOwnerOffer,
    "no_such_path": NoSuchPath,
    "no_such_project": NoSuchProject,
    "no_such_role": NoSuchRole,
    "no_such_table": NoSuchTable,
    "no_such_user": NoSuchUser,
    "no_such_webhook_endpoint": NoSuchWebhookEndpoint,
    "not_found": Missing,
    "not_suspended": NotSuspended,
    "not_that_system": NotThatSystem,
    "not_while_acting": NotWhileActing,
    "organization_gone": OrganizationGone,
    "organization_needed": OrganizationNeeded,
    "origin_refused": OriginRefused,
    "outcome_unknown": OutcomeUnknown,
    "owner_must_stay": OwnerMustStay,
    "owner_offer_void": OwnerOfferVoid,
    "owns_organizations": OwnsOrganizations,
    "read_only": ReadOnly,
    "refused": Refused,
    "renamed": Renamed,
    "replay_too_long": ReplayTooLong,
    "request_timeout": TooSlow,
    "reserved": Reserved,
    "role_gone": RoleGone,
    "role_in_use": RoleInUse,
    "role_taken": RoleTaken,
    "schema_pending": SchemaPending,
    "sent_too_many": SentTooMany,
    "sign_in_delayed": SignInDelayed,
    "sign_up_closed": SignUpClosed,
    "slug_taken": SlugTaken,
    "stale": Stale,
    "still_referenced": StillReferenced,
    "tenant_role_unusable": TenantRoleUnusable,
    "token_repeated": TokenRepeated,
    "token_too_large": TokenTooLarge,
    "too_many_actions": TooManyActions,
    "too_many_api_keys": TooManyApiKeys,
    "too_many_invitations": TooManyInvitations,
    "too_many_old_slugs": TooManyOldSlugs,
    "too_many_requests": TooManyRequests,
    "too_many_roles": TooManyRoles,
    "too_many_webhook_endpoints": TooManyWebhookEndpoints,
    "unauthenticated": Unauthenticated,
    "unavailable": Unavailable,
    "unknown_action": UnknownAction,
    "unknown_event": UnknownEvent,
    "unknown_role": UnknownRole,
    "unsupported_media_type": UnsupportedMediaType,
    "user_gone": UserGone,
    "user_suspended": UserSuspended,
    "username_taken": UsernameTaken,
    "webhook_endpoint_disabled": WebhookEndpointDisabled,
    "webhook_url_refused": WebhookUrlRefused,
    "wrong_credentials": WrongCredentials,
    "wrong_password": WrongPassword,
}
