"""No operation runs unchecked: each is declared with its action, and each action leads somewhere."""

import importlib
import inspect
import pkgutil

import freehold
from freehold.access import GRANTS, OPERATIONS, AccountAction, Action
from freehold.users.backoff import alarm

MODULES = [
    importlib.import_module(found.name)
    for found in pkgutil.walk_packages(freehold.__path__, "freehold.")
    if found.name.endswith(".operations")
]
SOURCES = {module.__name__: inspect.getsource(module) for module in MODULES}

UNDECLARED = {
    "freehold.audit.operations.of_user": "called by the export about a user, after its check",
    "freehold.audit.operations.erase_addresses": "called by erasing a user, after its check",
    "freehold.mail.operations.enqueue": "called by other operations, in their transaction and after their check",
    "freehold.users.verification.operations.ask_for_confirmation": "called by signing up and in, after their check",
    "freehold.mail.operations.enqueue_all": "as enqueue, for many",
    "freehold.users.verification.operations.correct": "called by correcting an address, after its check",
    "freehold.users.verification.operations.ask_for_change": "called by changing a user, after its check",
    "freehold.users.recovery.operations.mail_token": "called by asking for a reset, and by confirming",
    "freehold.users.undoing.operations.offer": "called by confirming a change of address, after its check",
    "freehold.users.verification.operations.count_change": "called by changing a user, after its check",
    "freehold.users.verification.operations.withdraw_change": "called by changing a user, after its check",
    "freehold.users.verification.operations.is_own_token": "asked by the page that confirms, about the actor alone",
    "freehold.organizations.ownership.operations.let_go": "called by erasing a user, after its check",
    "freehold.organizations.members.operations.join": "called by accepting an invitation, which is the right to it",
    "freehold.api_keys.operations.authenticate": "finds out who asks, which every check starts from",
    "freehold.sessions.operations.authenticate": "finds out who asks, which every check starts from",
    "freehold.users.operations.credentials_of": "called by signing in alone; what it finds never leaves",
    "freehold.demo.operations.load": "a command of whoever has the database; each operation that it calls is checked",
    "freehold.demo.operations.remove": "the same",
    "freehold.users.suspension.operations.refuse_suspended": "called by signing in and accepting an invitation",
}
AWAITED: set[Action] = set()
"""Granted already, since they are part of the contract; what they lead to comes later."""


def test_every_slice_is_looked_at():
    assert {name.split(".")[1] for name in SOURCES} >= {"users", "sessions", "organizations", "projects", "audit"}


def test_every_public_operation_is_declared():
    public = {
        f"{module.__name__}.{name}"
        for module in MODULES
        for name, found in vars(module).items()
        if inspect.iscoroutinefunction(inspect.unwrap(found))
        and not name.startswith("_")
        and found.__module__ == module.__name__
    }
    assert public - set(OPERATIONS) == set(UNDECLARED)
    assert set(OPERATIONS) <= public


def test_every_operation_says_what_the_caller_gains():
    for module in MODULES:
        for name, found in vars(module).items():
            if f"{module.__name__}.{name}" in OPERATIONS:
                assert inspect.getdoc(found), name


def test_every_action_is_granted_to_somebody():
    assert set().union(*GRANTS.values()) == set(Action)


def test_higher_role_may_do_all_that_the_lower_one_may():
    member, admin, owner = GRANTS.values()
    assert member < admin < owner


def test_every_action_is_used_by_an_operation():
    declared = {declaration.action for declaration in OPERATIONS.values()}
    asked = {
        action
        for kind in (Action, AccountAction)
        for action in kind
        if any(f"{kind.__name__}.{action.name}" in source for source in (*SOURCES.values(), inspect.getsource(alarm)))
    }
    assert {*Action, *AccountAction} - declared - asked == AWAITED


def test_actions_are_named_noun_dot_verb():
    for action in [*Action, *AccountAction]:
        noun, _, verb = action.value.partition(".")
        assert noun.isidentifier(), action
        assert verb.isidentifier(), action
