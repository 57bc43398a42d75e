"""What can go wrong with API keys, and the constraints that say so."""

from freehold.errors import CONSTRAINTS, Conflict, Invalid, Missing, check_means
from freehold.scalars import NAME
from freehold.users.errors import IdTaken, TokenRepeated, UserGone


class NoSuchApiKey(Missing):
    """There is no such key of this user, or of this organization."""

    code = "no_such_api_key"
    title = "There is no such API key"


class ApiKeyExpired(Conflict):
    """A key that does not work any more is not rotated."""

    code = "api_key_expired"
    title = "This API key has expired: make a new one"


class TooManyApiKeys(Conflict):
    """Its holder has as many keys that work as there can be."""

    code = "too_many_api_keys"
    title = "There are 1,000 API keys that work, the most there can be: revoke one first, or rotate without overlap"


class BeyondKeys(Invalid):
    """What is asked of a key is nothing that a key can have."""

    code = "beyond_api_keys"
    title = "An API key cannot be for this"


CONSTRAINTS["api_keys_pkey"] = IdTaken
CONSTRAINTS["api_keys_key_hash_key"] = TokenRepeated
CONSTRAINTS["api_keys_user_id_fkey"] = UserGone
check_means("api_keys_name_check", pointer="/name", code=NAME.code, detail=NAME.says)
check_means("api_keys_key_hash_check", pointer="/key", code="invalid_token", detail="must be a SHA-256 hash")
check_means("api_keys_actions_check", pointer="/actions", code="invalid_choice", detail="must be different actions")
check_means(
    "api_keys_project_ids_check", pointer="/project_ids", code="too_many", detail="must have at most 100 entries"
)
check_means(
    "api_keys_owner_check", pointer="", code="invalid_owner", detail="must belong to a user or to an organization"
)
check_means(
    "api_keys_organization_check", pointer="/actions", code="missing", detail="is required for an organization's key"
)
