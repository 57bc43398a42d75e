"""What can go wrong with API keys, and the constraints that say so."""

from typing import Final

from freehold.base.errors import Conflict, Meaning, Missing, Refused, failing
from freehold.base.scalars import NAME
from freehold.users.errors import IdTaken, TokenRepeated, UserGone


class NoSuchApiKey(Missing):
    """There is no such key of this user, or of this organization."""

    code = "no_such_api_key"
    title = "This API key does not exist"
    explanation = "This API key does not exist: it was revoked, expired long ago, or belongs to somebody else"


class ApiKeyExpired(Conflict):
    """A key that does not work any more is not rotated."""

    code = "api_key_expired"
    title = "This API key has expired: create a new one"


class TooManyApiKeys(Conflict):
    """Its holder has as many keys that work as there can be."""

    code = "too_many_api_keys"
    title = "You have reached the limit of 1,000 active API keys: revoke one first, or rotate without overlap"


class BeyondKeys(Refused):
    """What is asked of a key is nothing that a key can have."""

    code = "beyond_api_keys"
    title = "This API key cannot have that scope"


class NoSuchProject(Refused):
    """A key is to be limited to projects that it could not reach."""

    code = "no_such_project"
    title = "This API key cannot be limited to that project: there is none that it could reach"


MEANINGS: Final[dict[str, Meaning]] = {
    "api_keys_pkey": IdTaken,
    "api_keys_key_hash_key": TokenRepeated,
    "api_keys_user_id_fkey": UserGone,
    "api_keys_name_check": failing("/name", NAME.code, NAME.says),
    "api_keys_key_hash_check": failing("/key", "invalid_token", "must be a SHA-256 hash"),
    "api_keys_actions_check": failing("/actions", "invalid_choice", "must be different actions"),
    "api_keys_project_ids_check": failing("/project_ids", "too_many", "must have at most 100 entries"),
    "api_keys_owner_check": failing("", "invalid_owner", "must belong to a user or to an organization"),
    "api_keys_organization_check": failing("/actions", "missing", "is required for an organization's key"),
}
