"""The same with the client that openapi-generator generated."""

import contextlib
import sys

from freehold_client import (
    ApiClient,
    Configuration,
    NewOrganization,
    NewSession,
    NewUser,
    OrganizationsApi,
    SessionsApi,
    UsersApi,
)
from freehold_client.exceptions import NotFoundException


def main(url: str) -> None:
    nobody = ApiClient(Configuration(host=url))
    new = NewUser(username="java", email="java@example.com", password="Lovelace1")
    made = UsersApi(nobody).create_user(new)
    assert made.created_at.tzinfo is not None
    token = SessionsApi(nobody).create_session(NewSession(login="java", password="Lovelace1")).token
    client = ApiClient(Configuration(host=url, access_token=token))
    organization = OrganizationsApi(client).create_organization(NewOrganization(name="Java makers"))
    assert organization.owner_id == made.id
    assert UsersApi(client).get_user("me").id == made.id
    with contextlib.suppress(NotFoundException):
        OrganizationsApi(client).get_organization("nobody-has-this")
        raise AssertionError("found what nobody made")


main(sys.argv[1])
