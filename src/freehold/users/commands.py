"""`freehold users`."""

from typing import get_args

import click
import msgspec

from freehold.base.new_passwords import new_passwords_keep
from freehold.base.validation import parse
from freehold.data.context import Context
from freehold.data.paging import Page, PageRequest
from freehold.terminal.declare import Fetch, changes, lists, shows
from freehold.terminal.failures import Refused
from freehold.terminal.objects import metadata_options, read_metadata
from freehold.terminal.passwords import password_option, read_password
from freehold.users import operations
from freehold.users.errors import EmailTaken, UsernameTaken
from freehold.users.finding import operations as finding
from freehold.users.finding.types import UsersPageRequest
from freehold.users.looking_up import find_user
from freehold.users.recovery import operations as recovery
from freehold.users.rights import commands as rights
from freehold.users.suspension import commands as suspension
from freehold.users.types import NewProfile, NewUser, User, UserPatch, UserState
from freehold.users.verification import operations as verification


@click.group()
def users() -> None:
    """Create, list, show and update users; set passwords; export and erase their data."""


@users.command()
@click.argument("username")
@click.option("--email", required=True, help="E-mail address of the user.")
@click.option("--admin", is_flag=True, help="Make the user a platform administrator.")
@click.option("--first-name", help="First name, for the profile.")
@click.option("--last-name", help="Last name, for the profile.")
@click.option("--avatar-url", help="URL of a picture, for the profile.")
@click.option("--locale", help="Language of mails to the user, such as de or de-AT.")
@metadata_options("metadata", "public_metadata", "private_metadata")
@password_option
@shows
async def create(
    context: Context,
    *,
    username: str,
    email: str,
    admin: bool,
    first_name: str | None,
    last_name: str | None,
    avatar_url: str | None,
    locale: str | None,
    password_stdin: bool,
    **kept: str | None,
) -> User:
    """Create a user. Asks for the password, or reads it from standard input."""
    profile = {"first_name": first_name, "last_name": last_name, "avatar_url": avatar_url}
    metadata = read_metadata(kept)
    password = read_password(from_stdin=password_stdin)
    given = {"username": username, "email": email, "password": password, "profile": profile, "locale": locale}
    with new_passwords_keep(context.tools.settings.password_rule):
        new = parse(NewUser, {**given, **metadata})
    try:
        return await operations.create(context, new, is_admin=admin)
    except (UsernameTaken, EmailTaken) as error:
        login = new.username if isinstance(error, UsernameTaken) else new.email
        found = await operations.credentials_of(context, login)
        if found is None:
            raise
        user = found.user
        raise Refused(f"{error.detail}. It belongs to {user.username} <{user.email}> ({user.id})") from None


@users.command("list")
@click.option("--email", help="Only the user with this e-mail address.")
@click.option("--username", help="Only the user with this username.")
@click.option("--q", metavar="TEXT", help="Only users whose username, e-mail address or name begins with TEXT.")
@click.option("--state", type=click.Choice(get_args(UserState)), help="Only users who are active, or suspended.")
@click.option("--admin/--no-admin", default=None, help="Only platform administrators, or only others.")
@click.option("--sort", type=click.Choice(["newest", "oldest", "username"]), help="The order; by default, newest.")
@lists("id", "username", "email", "state", "created_at")
def list_all(context: Context, *, admin: bool | None, **given: str | None) -> Fetch[User]:
    """List users, newest first."""
    filters = {**given, "admin": admin}

    async def fetch(request: PageRequest) -> Page[User]:
        asked = {**msgspec.structs.asdict(request), **filters}
        return await finding.list_all(context, parse(UsersPageRequest, asked))

    return fetch


@users.command()
@click.argument("user")
@shows
async def show(context: Context, *, user: str) -> User:
    """Show a user (a username, an id or an e-mail address)."""
    return await find_user(context, user)


@users.command()
@click.argument("user")
@click.option("--username", help="Their new username.")
@click.option("--email", help="Their new address. It counts once they have confirmed it by the link in a mail.")
@click.option("--first-name", help="For their profile; an empty one is removed.")
@click.option("--last-name", help="For their profile; an empty one is removed.")
@click.option("--avatar-url", help="For their profile: where a picture of them is; an empty one is removed.")
@click.option("--locale", help="Language of mails to them, such as de or de-AT; an empty one is English.")
@metadata_options("metadata", "public_metadata", "private_metadata")
@shows
async def update(context: Context, *, user: str, **given: str | None) -> User:
    """Update a user (a username, an id or an e-mail address)."""
    changed = changes(read_metadata(given), **given)
    profile = {field: changed.pop(field) or None for field in NewProfile.__struct_fields__ if field in changed}
    if "locale" in changed:
        changed["locale"] = changed["locale"] or None
    patch = parse(UserPatch, {**changed, **({"profile": profile} if profile else {})})
    return await operations.update(context, (await find_user(context, user)).id, patch)


@users.command()
@click.argument("user")
@click.option(
    "--keep-api-keys", is_flag=True, help="Keep the API keys of the user, so that their programs keep working."
)
@password_option
@shows
async def set_password(context: Context, *, user: str, keep_api_keys: bool, password_stdin: bool) -> User:
    """Set a user's password (a username, an id or an e-mail address). Ends all their sessions and API keys."""
    found = await find_user(context, user)
    password = read_password(from_stdin=password_stdin)
    await operations.set_password(context, found.id, password, keep_api_keys=keep_api_keys)
    return await operations.get(context, found.id)


@users.command()
@click.argument("user")
@shows
async def verify(context: Context, *, user: str) -> User:
    """Mark the e-mail address of a user as confirmed."""
    return await verification.mark_verified(context, (await find_user(context, user)).id)


@users.command()
@click.argument("user")
@shows
async def send_verification(context: Context, *, user: str) -> User:
    """Send a user the link that confirms their e-mail address (or their new one) again."""
    found = await find_user(context, user)
    await verification.send_again(context, found.id)
    return found


@users.command()
@click.argument("user")
@shows
async def send_password_reset(context: Context, *, user: str) -> User:
    """Send a user the link that sets a new password."""
    found = await find_user(context, user)
    await recovery.request_for(context, found.id)
    return found


@users.command()
@click.argument("user")
@click.argument("email")
@shows
async def change_email(context: Context, *, user: str, email: str) -> User:
    """Change the e-mail address of a user. Takes effect once they confirm the new one; the old one is notified."""
    patch = parse(UserPatch, {"email": email})
    return await operations.update(context, (await find_user(context, user)).id, patch)


for command in (
    suspension.suspend,
    suspension.resume,
    suspension.suspension,
    rights.grant_admin,
    rights.revoke_admin,
):
    users.add_command(command)
