"""Signs up, signs in and makes an organization with the client that openapi-python-client generated."""

import sys

from freehold_api import AuthenticatedClient
from freehold_api.api.organizations import create_organization, get_organization
from freehold_api.api.sessions import create_session
from freehold_api.api.users import create_user, get_user
from freehold_api.models import NewOrganization, NewSession, NewUser, Organization, Problem, SignedIn, User
from freehold_api.types import UNSET


def main(url: str) -> None:
    # The generator wants this class wherever a token may be sent, also where none has to be.
    nobody = AuthenticatedClient(base_url=url, token="none", auth_header_name="X-No-Token")
    made = create_user.sync(
        client=nobody, body=NewUser(username="python", email="python@example.com", password="Lovelace1")
    )
    assert isinstance(made, User), made
    assert made.organizations is UNSET
    assert made.created_at.tzinfo is not None
    signed_in = create_session.sync(client=nobody, body=NewSession(login="python", password="Lovelace1"))
    assert isinstance(signed_in, SignedIn), signed_in
    client = AuthenticatedClient(base_url=url, token=signed_in.token)
    organization = create_organization.sync(client=client, body=NewOrganization(name="Python makers"))
    assert isinstance(organization, Organization), organization
    me = get_user.sync("me", client=client)
    assert isinstance(me, User), me
    assert me.id == made.id
    missing = get_organization.sync("nobody-has-this", client=client)
    assert isinstance(missing, Problem), missing
    assert missing.code == "not_found"


main(sys.argv[1])
