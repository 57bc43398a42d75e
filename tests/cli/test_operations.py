"""The command line does what the library does: every operation has its command, every noun its verbs, or a reason."""

from collections.abc import Iterator

import click
import pytest

from freehold import Platform
from freehold.cli.program import program
from freehold.groups import Bound
from tests.parts import parts

OPERATOR = "the operator is no user: this is for people and programs that are signed in"
BY_MAIL = "the person does it with the token that was mailed to them"

COMMANDS = {
    "users.create": "users create",
    "users.get": "users show",
    "users.find": "users show",
    "users.list": "users list",
    "users.update": "users update",
    "users.set_password": "users set-password",
    "users.request_password_reset": "users send-password-reset",
    "users.send_password_reset": "users send-password-reset",
    "users.send_email_verification": "users send-verification",
    "users.mark_verified": "users verify",
    "users.suspend": "users suspend",
    "users.resume": "users resume",
    "users.get_suspension": "users suspension",
    "users.grant_admin": "users grant-admin",
    "users.revoke_admin": "users revoke-admin",
    "users.export": "users export",
    "users.delete": "users delete",
    "sessions.list_of_user": "sessions list",
    "sessions.impersonate": "sessions impersonate",
    "sessions.end_of_user": "sessions end",
    "sessions.end_others": "sessions end",
    "organizations.create": "organizations create",
    "organizations.get": "organizations show",
    "organizations.list": "organizations list",
    "organizations.list_of_user": "organizations list",
    "organizations.update": "organizations update",
    "organizations.hand_over": "organizations hand-over",
    "organizations.delete": "organizations delete",
    "organizations.restore": "organizations restore",
    "organizations.purge": "organizations delete",
    "organizations.list_deleted": "organizations deleted",
    "organizations.list_deleted_of_user": "organizations deleted",
    "organizations.explain_access": "organizations access",
    "organizations.members.list": "organizations members",
    "organizations.members.get": "organizations show-member",
    "organizations.members.put": "organizations add-member",
    "organizations.members.remove": "organizations remove-member",
    "organizations.invitations.list": "organizations invitations",
    "organizations.invitations.get": "organizations show-invitation",
    "organizations.invitations.create": "organizations invite",
    "organizations.invitations.create_many": "organizations invite",
    "organizations.invitations.list_of_user": "organizations received-invitations",
    "organizations.invitations.decline_of_user": "organizations decline-invitation",
    "organizations.invitations.resend": "organizations resend-invitation",
    "organizations.invitations.revoke": "organizations revoke-invitation",
    "organizations.owner_offers.create": "organizations offer-ownership",
    "organizations.owner_offers.get": "organizations owner-offer",
    "organizations.owner_offers.withdraw": "organizations withdraw-offer",
    "organizations.check_slug": "organizations check-slug",
    "organizations.roles.list": "roles list",
    "organizations.roles.get": "roles show",
    "organizations.roles.create": "roles create",
    "organizations.roles.update": "roles update",
    "organizations.roles.delete": "roles delete",
    "organizations.api_keys.list": "api-keys list",
    "organizations.api_keys.get": "api-keys show",
    "organizations.api_keys.create": "api-keys create",
    "organizations.api_keys.rotate": "api-keys rotate",
    "organizations.api_keys.delete": "api-keys delete",
    "actions.declare": "actions declare",
    "actions.list": "actions list",
    "actions.get": "actions show",
    "actions.delete": "actions delete",
    "api_keys.list": "api-keys list",
    "api_keys.get": "api-keys show",
    "api_keys.create": "api-keys create",
    "api_keys.rotate": "api-keys rotate",
    "api_keys.delete": "api-keys delete",
    "projects.create": "projects create",
    "projects.get": "projects show",
    "projects.list": "projects list",
    "projects.update": "projects update",
    "projects.delete": "projects delete",
    "tokens.create": "tokens create",
    "tokens.list_keys": "tokens keys",
    "tokens.rotate_key": "tokens rotate-key",
    "audit.list_of_organization": "audit list",
    "audit.list_of_accounts": "audit list",
    "audit.verify": "audit verify",
    "audit.heads": "audit heads",
    "audit.export": "audit export",
    "audit.read_events": "events tail",
    "audit.read_events_of_organization": "events tail",
    "mail.get": "mail show",
    "mail.list": "mail list",
    "organizations.webhooks.list": "webhooks list",
    "organizations.webhooks.get": "webhooks show",
    "organizations.webhooks.create": "webhooks create",
    "organizations.webhooks.update": "webhooks update",
    "organizations.webhooks.rotate_secret": "webhooks rotate-secret",
    "organizations.webhooks.delete": "webhooks delete",
    "organizations.webhooks.list_deliveries": "webhooks deliveries",
    "organizations.webhooks.get_delivery": "webhooks show-delivery",
    "organizations.webhooks.replay": "webhooks replay",
    "organizations.webhooks.replay_delivery": "webhooks replay",
    "webhooks.list": "webhooks list",
    "webhooks.get": "webhooks show",
    "webhooks.create": "webhooks create",
    "webhooks.update": "webhooks update",
    "webhooks.rotate_secret": "webhooks rotate-secret",
    "webhooks.delete": "webhooks delete",
    "webhooks.list_deliveries": "webhooks deliveries",
    "webhooks.get_delivery": "webhooks show-delivery",
    "webhooks.replay": "webhooks replay",
    "webhooks.replay_delivery": "webhooks replay",
    "transfer.import_file": "import users",
    "transfer.export_file": "export users",
    "transfer.import_system": "import django",
}
REASONS = {
    "users.get_with_organizations": "'users show' and 'organizations list --user' print the two halves",
    "users.any_admin": "'serve' asks it, for the hint in its banner",
    "users.change_password": "it takes the present password, which its owner knows: 'users set-password' needs none",
    "users.reset_password": BY_MAIL,
    "users.verify_email": BY_MAIL,
    "users.undo_email_change": BY_MAIL,
    "tokens.public_keys": "services read them at /.well-known/jwks.json, and the operator has 'tokens keys'",
    "sessions.create": OPERATOR,
    "sessions.refresh": OPERATOR,
    "sessions.correct_email": "it takes the person's password: the operator has 'users change-email'",
    "sessions.list": OPERATOR,
    "sessions.end": OPERATOR,
    "organizations.members.leave": OPERATOR,
    "audit.record": "a program writes it, in the transaction of its own change",
    "organizations.owner_offers.accept": OPERATOR,
    "organizations.owner_offers.decline": OPERATOR,
    "organizations.invitations.preview": BY_MAIL,
    "organizations.invitations.decline": BY_MAIL,
    "organizations.invitations.accept": BY_MAIL,
}

VERBS = ("create", "list", "show", "update", "delete")
NOT_HAD = {
    "sessions create": OPERATOR,
    "sessions show": "'sessions list' prints all that is known of each",
    "sessions update": "nothing of a session can be changed",
    "api-keys update": "what a key may do never changes under whoever uses it: 'api-keys rotate' makes another",
    "actions create": "an application declares all of its actions at once: 'actions declare'",
    "actions update": "the same, with a higher revision",
    "tokens list": "nothing is kept of a token: whoever has it has all of it",
    "tokens show": "the same",
    "tokens update": "the same",
    "tokens delete": "nothing ends a token before its 5 minutes; for a key that leaked there is 'tokens rotate-key'",
    "audit create": "operations write events, and nobody else does",
    "audit show": "'audit list' has them, and 'audit export' every field",
    "audit update": "an event never changes",
    "audit delete": "an event never goes",
    "events create": "operations write events, and nobody else does",
    "events list": "'audit list' lists them; 'events tail' follows them",
    "events show": "'events tail --format json' prints every field",
    "events update": "an event never changes",
    "events delete": "an event never goes",
    "mail create": "operations send mail, and nobody else does",
    "mail update": "a mail never changes",
    "mail delete": "mails go by themselves, after FREEHOLD_MAIL_KEEP_DAYS",
    "backup show": "'backup list' prints all that is known of each",
    "backup update": "a backup never changes",
    "backup delete": "'backup prune' removes old ones, and none that evidence stands on",
}
OF_NO_THINGS = {"import", "export", "db", "migrate", "schema", "tenants"}
"""Groups that are called by what they do, or by what they do it to as a whole."""


def operations(group: type = Platform, prefix: str = "") -> Iterator[str]:
    instance = group(None)
    for name, value in vars(group).items():
        if isinstance(value, Bound):
            yield f"{prefix}{name}"
    for name, value in parts(instance).items():
        yield from operations(type(value), f"{prefix}{name}.")


def find(path: str) -> click.Command | None:
    command: click.Command | None = program
    for name in path.split():
        assert isinstance(command, click.Group)
        command = command.get_command(click.Context(command), name)
    return command


def test_every_operation_has_its_command_or_a_reason_why_not() -> None:
    assert sorted(operations()) == sorted([*COMMANDS, *REASONS])
    assert [path for path in COMMANDS.values() if find(path) is None] == []


def nouns() -> list[str]:
    groups = [name for name in program.list_commands(click.Context(program)) if isinstance(find(name), click.Group)]
    return [name for name in groups if name not in OF_NO_THINGS]


@pytest.mark.parametrize("noun", nouns())
def test_noun_has_the_verbs_that_people_try_or_a_reason_why_not(noun: str) -> None:
    lacking = {f"{noun} {verb}" for verb in VERBS if find(f"{noun} {verb}") is None}
    assert lacking == {path for path in NOT_HAD if path.startswith(f"{noun} ")}


def every_command(path: str = "") -> Iterator[tuple[str, click.Command]]:
    command = find(path)
    assert command is not None
    yield path, command
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            yield from every_command(f"{path} {name}".strip())


def test_organization_is_named_the_same_way_by_every_command_of_a_group() -> None:
    for name in nouns():
        ways = {
            isinstance(parameter, click.Option)
            for path, command in every_command(name)
            for parameter in command.params
            if parameter.name == "organization"
        }
        assert len(ways) <= 1, name


def test_no_number_has_its_range_in_symbols() -> None:
    for path, command in every_command():
        context = click.Context(command, info_name="freehold", terminal_width=200)
        assert "<=" not in command.get_help(context), path
        assert "RANGE" not in command.get_help(context), path
