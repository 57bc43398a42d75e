"""The Python client has the operations of the library, and says of each difference why it is."""

import inspect
from typing import Any

import pytest
from tests.contract.client_calls import calls, library, parameters
from tests.contract.client_module import Names, answers, chosen_ways, files, narrowed
from tests.contract.renewal import REPOSITORY, compare

from freehold import Platform

CLIENT = REPOSITORY / "src/freehold/client"

_OPERATOR = "for whoever has the database: HTTP does not offer it to anybody"
_TOLD_BY_TYPE = "the declared result: HTTP has one schema, which is read as the closest type of the library"
_STREAM = "reads or writes a file of any size next to the database: use the command line there"
LACKING = {
    "users.find": "a program that looks for somebody by login uses `users.list` with `username` or `email`",
    "users.any_admin": _OPERATOR,
    "users.set_password": "nobody sets another's password over HTTP: `users.send_password_reset` mails a link",
    "actions.declare": "a part of an application next to the database: it declares its actions when it starts",
    "actions.delete": _OPERATOR,
    "tokens.list_keys": _OPERATOR,
    "tokens.rotate_key": _OPERATOR,
    "audit.record": "an event of yours is written in the transaction of your change, which HTTP cannot share",
    "audit.read_events": _STREAM,
    "audit.read_events_of_organization": _STREAM,
    "audit.verify": _STREAM,
    "audit.heads": _STREAM,
    "audit.export": _STREAM,
    "mail.get": _OPERATOR,
    "mail.list": _OPERATOR,
    "transfer.import_file": _STREAM,
    "transfer.export_file": _STREAM,
    "transfer.import_system": _STREAM,
}
"""Operations of the library that the client lacks, and why."""

_OWN_ALONE = "HTTP has it for one's own alone, as `me`"
_OTHERS_ALONE = "HTTP has it for a user by id alone"
DIFFERENT = {
    "users.create": "`is_admin`: the operator alone makes an administrator so",
    "organizations.create": "`owner_id`: an organization made over HTTP belongs to who makes it",
    "sessions.impersonate": "`user`, `admin_id`: " + _OTHERS_ALONE + "; the administrator is who asks",
    "organizations.delete": "the result: HTTP answers 204; `list_deleted_of_user` says until when it can be restored",
    "users.get_with_organizations": _TOLD_BY_TYPE,
    "organizations.roles.create": _TOLD_BY_TYPE,
    "organizations.roles.update": _TOLD_BY_TYPE,
    "users.export": "the result: the parts come over HTTP",
    "organizations.list_deleted_of_user": "`user`: " + _OWN_ALONE,
    "users.change_password": "`user`: " + _OWN_ALONE,
    "api_keys.get": "`user`: " + _OWN_ALONE,
    "api_keys.create": "`user`: " + _OWN_ALONE,
    "api_keys.rotate": "`user`: " + _OWN_ALONE,
    "users.send_password_reset": "`user`: " + _OTHERS_ALONE,
    "users.mark_verified": "`user`: " + _OTHERS_ALONE,
    "users.suspend": "`user`: " + _OTHERS_ALONE,
    "users.resume": "`user`: " + _OTHERS_ALONE,
    "users.get_suspension": "`user`: " + _OTHERS_ALONE,
    "users.grant_admin": "`user`: " + _OTHERS_ALONE,
    "users.revoke_admin": "`user`: " + _OTHERS_ALONE,
    "sessions.list_of_user": "`user`: " + _OTHERS_ALONE,
    "sessions.end_of_user": "`user`: " + _OTHERS_ALONE,
}
"""Operations whose arguments or result are narrower over HTTP, and why."""

ELSEWHERE = {
    "acting_as": "who asks is decided by the token: `with_token`, and `sessions.impersonate` for administrators",
    "authenticate": "the server does so with every request: `with_token`",
    "access": "the server checks every request; `organizations.explain_access` asks first",
    "within": "a transaction of the database cannot be shared over HTTP",
    "in_organization": "a connection to the database cannot be lent over HTTP",
    "connection": "the same",
    "transaction": "the same",
    "before_purge": "a function of yours is called where the library runs: webhooks tell a program elsewhere",
    "after_purge": "the same",
    "before_erasure": "the same",
    "after_erasure": "the same",
    "working": "the server runs the jobs",
    "context": "what the operations of the library run in",
    "loop": "the client belongs to no event loop",
}
"""Other public names of the library's platform that the client lacks, and why."""


@pytest.mark.renews
def test_client_is_what_library_and_routes_say():
    written = files()
    for path, text in written.items():
        compare(CLIENT / path, text)
    assert {f"requests/{each.name}" for each in (CLIENT / "requests").glob("*.py")} <= written.keys()


def test_operations_that_the_client_lacks_are_named_with_the_reason():
    assert {path for path, ways in calls().items() if not ways} == LACKING.keys()


def test_operations_that_differ_are_named_with_the_reason():
    assert {path for path, ways in calls().items() if ways and _differs(path)} == DIFFERENT.keys()


def test_other_names_of_the_platform_that_the_client_lacks_are_named_with_the_reason():
    from freehold.client import Platform as Remote  # noqa: PLC0415 - it may have to be renewed first

    groups = {path.partition(".")[0] for path, ways in calls().items()}
    ours = {name for name in (*vars(Platform), "context") if not name.startswith("_")}
    assert ours - set(dir(Remote)) - groups == ELSEWHERE.keys()


def _differs(path: str) -> bool:
    operation = library()[f".{path}"]
    ways = chosen_ways(path)
    given = parameters(operation)
    result = answers(path, ways[-1])[0]
    return (
        given.keys() != ways[-1].given.keys()
        or any(_plain(narrowed(path, name, ways)) != _plain(given[name].annotation) for name in given)
        or _plain(result) != _plain(inspect.signature(operation).return_annotation)
    )


def _plain(kind: Any) -> set[str]:
    return set(Names().spell(kind).split(" | "))
