"""Operations on the API keys of a user, as requests."""

# Generated from the library and the routes by `make renew`; a test compares it.

from typing import Literal
from uuid import UUID

from freehold.api_keys.types import ApiKey, IssuedApiKey, KeyRotation, NewApiKey
from freehold.client.request import Request, part
from freehold.data.paging import Page, PageRequest


def api_keys_list(user: UUID | Literal["me"], /, request: PageRequest) -> Request[Page[ApiKey]]:
    """List the API keys of a user, newest first, including recently expired ones.

    ``GET /v1/users/me/api-keys``, ``GET /v1/users/{user}/api-keys``.

    Raises:
        InvalidCursor: the cursor belongs to another list.
    """
    return Request("GET", f"/v1/users/{part(user)}/api-keys", (Page[ApiKey],), query=request)


def api_keys_get(user: Literal["me"], /, key_id: UUID) -> Request[ApiKey]:
    """Read an API key of a user, without the key itself.

    ``GET /v1/users/me/api-keys/{api_key}``.

    Raises:
        NoSuchApiKey: ``no_such_api_key``.
    """
    return Request("GET", f"/v1/users/me/api-keys/{part(key_id)}", (ApiKey,))


def api_keys_create(user: Literal["me"], /, new: NewApiKey) -> Request[IssuedApiKey]:
    """Create an API key that acts as the user. It can never do more than the user.

    ``POST /v1/users/me/api-keys``.

    Raises:
        BeyondKeys: ``beyond_api_keys``: an API key cannot have these actions.
        UnknownAction: ``unknown_action``.
        Forbidden: the user has some of the actions in no organization.
        Invalid: a project is not in the user's organizations.
        FreshSignInNeeded: ``fresh_sign_in_needed``: it takes the password of whoever asks, here or lately.
        WrongPassword: ``wrong_password``.
        TooManyApiKeys: ``too_many_api_keys``: the user already has 1,000 active keys.
    """
    return Request("POST", "/v1/users/me/api-keys", (IssuedApiKey,), body=new)


def api_keys_rotate(user: Literal["me"], /, key_id: UUID, rotation: KeyRotation) -> Request[IssuedApiKey]:
    """Replace an API key with a new one that has the same limits and expiry. The old key works until the overlap ends.

    ``POST /v1/users/me/api-keys/{api_key}/rotate``.

    Raises:
        NoSuchApiKey: ``no_such_api_key``.
        ApiKeyExpired: ``api_key_expired``.
        FreshSignInNeeded: ``fresh_sign_in_needed``: it takes the password of whoever asks, here or lately.
        WrongPassword: ``wrong_password``.
        TooManyApiKeys: ``too_many_api_keys``: the old key counts until its overlap ends.
    """
    return Request("POST", f"/v1/users/me/api-keys/{part(key_id)}/rotate", (IssuedApiKey,), body=rotation)


def api_keys_delete(user: UUID | Literal["me"], /, key_id: UUID) -> Request[None]:
    """Revoke an API key of a user.

    ``DELETE /v1/users/me/api-keys/{api_key}``, ``DELETE /v1/users/{user}/api-keys/{api_key}``.

    Raises:
        NoSuchApiKey: ``no_such_api_key``.
    """
    return Request("DELETE", f"/v1/users/{part(user)}/api-keys/{part(key_id)}", (type(None),))
