"""`freehold users`."""

import click

from freehold import NewPasswordReset, NewUser, Platform, User, UserPatch
from freehold.cli.declare import Fetch, lists, shows
from freehold.cli.passwords import password_option, read_password
from freehold.cli.references import find_user
from freehold.personal_data.commands import erase, export
from freehold.validation import parse


@click.group()
def users() -> None:
    """Make, list and show users; set passwords, export and erase data."""


@users.command()
@click.argument("username")
@click.option("--email", required=True, help="Their e-mail address.")
@click.option("--admin", is_flag=True, help="They may administer the whole platform.")
@click.option("--first-name", help="For their profile.")
@click.option("--last-name", help="For their profile.")
@click.option("--avatar-url", help="For their profile: where a picture of them is.")
@password_option
@shows
async def create(
    platform: Platform,
    *,
    username: str,
    email: str,
    admin: bool,
    first_name: str | None,
    last_name: str | None,
    avatar_url: str | None,
    password_stdin: bool,
) -> User:
    """Make a user. The password is asked for, or read from standard input."""
    profile = {"first_name": first_name, "last_name": last_name, "avatar_url": avatar_url}
    password = read_password(from_stdin=password_stdin)
    new = parse(NewUser, {"username": username, "email": email, "password": password, "profile": profile})
    return await platform.users.create(new, is_admin=admin)


@users.command("list")
@lists("id", "username", "email", "created_at")
def list_all(platform: Platform) -> Fetch[User]:
    """List users, newest first."""
    return platform.users.list


@users.command()
@click.argument("user")
@shows
async def show(platform: Platform, *, user: str) -> User:
    """Show a user, named by username or id."""
    return await find_user(platform, user)


@users.command()
@click.argument("user")
@password_option
@shows
async def set_password(platform: Platform, *, user: str, password_stdin: bool) -> User:
    """Set the password of a user, named by username or id; all their sessions end."""
    found = await find_user(platform, user)
    await platform.users.set_password(found.id, read_password(from_stdin=password_stdin))
    return await platform.users.get(found.id)


@users.command()
@click.argument("user")
@shows
async def verify(platform: Platform, *, user: str) -> User:
    """Take the e-mail address of a user as confirmed."""
    return await platform.users.mark_verified((await find_user(platform, user)).id)


@users.command()
@click.argument("user")
@shows
async def send_verification(platform: Platform, *, user: str) -> User:
    """Mail a user the link again that confirms their address, or the one that they change to."""
    found = await find_user(platform, user)
    await platform.users.send_email_verification(found.id)
    return found


@users.command()
@click.argument("user")
@shows
async def send_password_reset(platform: Platform, *, user: str) -> User:
    """Mail a user a link that sets a new password."""
    found = await find_user(platform, user)
    await platform.users.request_password_reset(NewPasswordReset(email=found.email))
    return found


@users.command()
@click.argument("user")
@click.argument("email")
@shows
async def change_email(platform: Platform, *, user: str, email: str) -> User:
    """Change a user's address once they have confirmed the new one, which is mailed a link; the old one is told."""
    patch = parse(UserPatch, {"email": email})
    return await platform.users.update((await find_user(platform, user)).id, patch)


users.add_command(export)
users.add_command(erase)
