"""Operations on the API keys of an organization (service accounts), as requests."""

# Generated from the library and the routes by `make renew`; a test compares it.

from uuid import UUID

from freehold.api_keys.types import ApiKey, IssuedApiKey, KeyRotation, NewApiKey
from freehold.client.request import Request, part
from freehold.data.paging import Page, PageRequest


def api_keys_list(organization: UUID | str, /, request: PageRequest) -> Request[Page[ApiKey]]:
    """List the API keys of an organization, newest first, including recently expired ones.

    ``GET /v1/organizations/{organization}/api-keys``.

    Raises:
        InvalidCursor: the cursor belongs to another list.
    """
    return Request("GET", f"/v1/organizations/{part(organization)}/api-keys", (Page[ApiKey],), query=request)


def api_keys_get(organization: UUID | str, /, key_id: UUID) -> Request[ApiKey]:
    """Read an API key of an organization, without the key itself.

    ``GET /v1/organizations/{organization}/api-keys/{api_key}``.

    Raises:
        NoSuchApiKey: ``no_such_api_key``.
    """
    return Request("GET", f"/v1/organizations/{part(organization)}/api-keys/{part(key_id)}", (ApiKey,))


def api_keys_create(organization: UUID | str, /, new: NewApiKey) -> Request[IssuedApiKey]:
    """Create an API key that belongs to the organization. It can only act there, with exactly its actions.

    ``POST /v1/organizations/{organization}/api-keys``.

    Without ``actions``, it gets the actions of a plain member, as far as the actor has them.

    Raises:
        BeyondKeys: ``beyond_api_keys``: an API key cannot have these actions.
        UnknownAction: ``unknown_action``.
        Forbidden: the actor lacks some of the actions, or only the owner can give one of them.
        Invalid: a project is not in the organization.
        FreshSignInNeeded: ``fresh_sign_in_needed``: it takes the password of whoever asks, here or lately.
        WrongPassword: ``wrong_password``.
        TooManyApiKeys: ``too_many_api_keys``: the organization already has 1,000 active keys.
    """
    return Request("POST", f"/v1/organizations/{part(organization)}/api-keys", (IssuedApiKey,), body=new)


def api_keys_rotate(organization: UUID | str, /, key_id: UUID, rotation: KeyRotation) -> Request[IssuedApiKey]:
    """Replace an API key with a new one that has the same limits and expiry. The old key works until the overlap ends.

    ``POST /v1/organizations/{organization}/api-keys/{api_key}/rotate``.

    Raises:
        NoSuchApiKey: ``no_such_api_key``.
        ApiKeyExpired: ``api_key_expired``.
        FreshSignInNeeded: ``fresh_sign_in_needed``: it takes the password of whoever asks, here or lately.
        WrongPassword: ``wrong_password``.
        TooManyApiKeys: ``too_many_api_keys``: the old key counts until its overlap ends.
        Forbidden: the key has actions that the actor lacks.
    """
    return Request(
        "POST", f"/v1/organizations/{part(organization)}/api-keys/{part(key_id)}/rotate", (IssuedApiKey,), body=rotation
    )


def api_keys_delete(organization: UUID | str, /, key_id: UUID) -> Request[None]:
    """Revoke an API key of an organization, even one that can do more than the actor.

    ``DELETE /v1/organizations/{organization}/api-keys/{api_key}``.

    Raises:
        NoSuchApiKey: ``no_such_api_key``.
    """
    return Request("DELETE", f"/v1/organizations/{part(organization)}/api-keys/{part(key_id)}", (type(None),))
