"""API keys over HTTP: a user's own, and those of an organization."""

from uuid import UUID

from freehold.access import OrganizationRef, UnknownAction
from freehold.api_keys import operations
from freehold.api_keys.errors import ApiKeyExpired, BeyondKeys, NoSuchApiKey, NoSuchProject, TooManyApiKeys
from freehold.api_keys.types import ApiKey, IssuedApiKey, KeyRotation, NewApiKey
from freehold.base.errors import Forbidden, Missing, Untimely
from freehold.data.context import Context
from freehold.data.paging import Page, PageRequest
from freehold.users.proving.errors import PROOF
from freehold.web.routing import Routes

_NEW = (BeyondKeys, NoSuchProject, UnknownAction, TooManyApiKeys, Untimely)
"""What can be wrong with a key that is asked for."""

routes = Routes("api-keys", "API keys for programs. Send one wherever you would send a session token.")


@routes.post("/v1/users/me/api-keys", status=201, store=False, errors=[Forbidden, *_NEW, *PROOF])
async def create_api_key(context: Context, body: NewApiKey) -> IssuedApiKey:
    """Create an API key that acts as you.

    It can do what you can, limited to `actions` and `project_ids`. It can never change your password, e-mail address,
    sessions or keys, or remove your account. `key` is shown only this once. It needs
    `current_password`, or a session that gave it within the last 10 minutes.
    """
    return await operations.create_for_user(context, "me", body)


@routes.get("/v1/users/me/api-keys", errors=[Forbidden])
async def list_api_keys(context: Context, query: PageRequest) -> Page[ApiKey]:
    """List your API keys, newest first."""
    return await operations.list_of_user(context, "me", query)


@routes.get("/v1/users/me/api-keys/{api_key}", errors=[Forbidden, NoSuchApiKey])
async def get_api_key(context: Context, api_key: UUID) -> ApiKey:
    """Read one of your API keys, without the key itself."""
    return await operations.get_of_user(context, "me", api_key)


@routes.delete("/v1/users/me/api-keys/{api_key}", errors=[Forbidden, NoSuchApiKey])
async def delete_api_key(context: Context, api_key: UUID) -> None:
    """Revoke one of your API keys immediately."""
    await operations.delete_of_user(context, "me", api_key)


@routes.post(
    "/v1/users/me/api-keys/{api_key}/rotate",
    status=201,
    store=False,
    location="../../{0.id}",
    body_optional=True,
    errors=[Forbidden, NoSuchApiKey, ApiKeyExpired, TooManyApiKeys, *PROOF],
)
async def rotate_api_key(context: Context, api_key: UUID, body: KeyRotation) -> IssuedApiKey:
    """Replace one of your API keys with a new one that has the same limits and expiry.

    The old key keeps working for `overlap_seconds`, so that you can change programs one by one. It needs
    `current_password`, or a session that gave it within the last 10 minutes.
    """
    return await operations.rotate_of_user(context, "me", api_key, body)


@routes.get("/v1/users/{user}/api-keys", tag="administrators", errors=[Missing, Forbidden])
async def list_api_keys_of_user(context: Context, user: UUID, query: PageRequest) -> Page[ApiKey]:
    """List the API keys of a user, newest first, without the keys themselves.

    For platform administrators.
    """
    return await operations.list_of_user(context, user, query)


@routes.delete("/v1/users/{user}/api-keys/{api_key}", tag="administrators", errors=[Missing, Forbidden, NoSuchApiKey])
async def delete_api_key_of_user(context: Context, user: UUID, api_key: UUID) -> None:
    """Revoke an API key of a user immediately.

    For platform administrators.
    """
    await operations.delete_of_user(context, user, api_key)


@routes.post(
    "/v1/organizations/{organization}/api-keys",
    status=201,
    store=False,
    errors=[Missing, Forbidden, *_NEW, *PROOF],
)
async def create_organization_api_key(context: Context, organization: OrganizationRef, body: NewApiKey) -> IssuedApiKey:
    """Create an API key that belongs to the organization (a service account).

    It only acts in this organization, with exactly its `actions` (by default, those of a plain member). It keeps
    working after you leave. `key` is shown only this once. Send `current_password`, unless your session sent it within
    the last 10 minutes.
    """
    return await operations.create_for_organization(context, organization, body)


@routes.get("/v1/organizations/{organization}/api-keys", errors=[Missing, Forbidden])
async def list_organization_api_keys(
    context: Context, organization: OrganizationRef, query: PageRequest
) -> Page[ApiKey]:
    """List the API keys of an organization, newest first."""
    return await operations.list_of_organization(context, organization, query)


@routes.get("/v1/organizations/{organization}/api-keys/{api_key}", errors=[Missing, Forbidden, NoSuchApiKey])
async def get_organization_api_key(context: Context, organization: OrganizationRef, api_key: UUID) -> ApiKey:
    """Read an API key of an organization, without the key itself."""
    return await operations.get_of_organization(context, organization, api_key)


@routes.delete("/v1/organizations/{organization}/api-keys/{api_key}", errors=[Missing, Forbidden, NoSuchApiKey])
async def delete_organization_api_key(context: Context, organization: OrganizationRef, api_key: UUID) -> None:
    """Revoke an API key of an organization immediately."""
    await operations.delete_of_organization(context, organization, api_key)


@routes.post(
    "/v1/organizations/{organization}/api-keys/{api_key}/rotate",
    status=201,
    store=False,
    location="../../{0.id}",
    body_optional=True,
    errors=[Missing, Forbidden, NoSuchApiKey, ApiKeyExpired, TooManyApiKeys, *PROOF],
)
async def rotate_organization_api_key(
    context: Context, organization: OrganizationRef, api_key: UUID, body: KeyRotation
) -> IssuedApiKey:
    """Replace an API key of the organization with a new one that has the same limits and expiry.

    The old key keeps working for `overlap_seconds`, so that you can change programs one by one. It needs
    `current_password`, or a session that gave it within the last 10 minutes.
    """
    return await operations.rotate_of_organization(context, organization, api_key, body)
