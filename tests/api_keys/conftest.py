"""Ada with her organization, and the platform as whoever has a key uses it."""

from collections.abc import Awaitable, Callable

import pytest
from tests.conftest import SignUp

from freehold import NewOrganization, Organization, Platform, User
from freehold.api_keys.operations import authenticate

As = Callable[[str], Awaitable[Platform]]


@pytest.fixture
async def ada(sign_up: SignUp) -> User:
    return await sign_up("ada")


@pytest.fixture
async def acme(platform: Platform, ada: User) -> Organization:
    return await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Acme"))


@pytest.fixture
def with_key(platform: Platform) -> As:
    """The platform as somebody uses it who has the key."""

    async def use(key: str) -> Platform:
        return platform.acting_as((await authenticate(platform.context, key)).signed_in)

    return use
