"""What a script says about its own transactions and session, told apart from what it changes."""

import re
from itertools import pairwise

from freehold.migrate.lexer import Kind
from freehold.migrate.splitter import Statement

_LIMITS = frozenset(
    (
        *("LOCK_TIMEOUT", "STATEMENT_TIMEOUT", "IDLE_IN_TRANSACTION_SESSION_TIMEOUT", "TRANSACTION_TIMEOUT"),
        *("CLIENT_MIN_MESSAGES", "CLIENT_ENCODING", "STANDARD_CONFORMING_STRINGS", "SYNCHRONOUS_COMMIT"),
        *("MAINTENANCE_WORK_MEM", "WORK_MEM", "MAX_PARALLEL_MAINTENANCE_WORKERS"),
    )
)
"""Settings that decide how fast or for how long something runs, not what comes of it."""
_ALONE = (
    *((verb, what) for verb in ("CREATE", "DROP") for what in ("DATABASE", "TABLESPACE", "SUBSCRIPTION")),
    *(("REINDEX", what) for what in ("DATABASE", "SYSTEM", "SCHEMA")),
    *(("ALTER", "SYSTEM"), ("CALL",)),  # a procedure may commit
)
_COMMITS = re.compile(r"\b(?:COMMIT|ROLLBACK)\b", re.IGNORECASE)


def begins_transaction(statement: Statement) -> bool:
    """Whether it is BEGIN or START TRANSACTION."""
    return statement.begins("BEGIN") or statement.begins("START", "TRANSACTION")


def commits(statement: Statement) -> bool:
    """Whether it ends a transaction and keeps what was done."""
    return statement.words[0].is_word("COMMIT", "END") and not statement.begins("COMMIT", "PREPARED")


def cannot_be_taken_out(statement: Statement) -> bool:
    """Whether it controls transactions in a way that nothing can stand for."""
    if statement.words[0].is_word("ROLLBACK"):
        return not statement.has("TO")
    return _begins_as(statement, ("ABORT",), ("PREPARE", "TRANSACTION"), ("COMMIT", "PREPARED"))


def reads_standard_input(statement: Statement) -> bool:
    """Whether it is COPY with its rows in the script."""
    return statement.begins("COPY") and any(
        first.is_word("FROM") and second.is_word("STDIN") for first, second in pairwise(statement.words)
    )


def is_setting(statement: Statement) -> bool:
    """Whether it changes nothing but the session."""
    return statement.begins("RESET") or (
        statement.begins("SET") and not _begins_as(statement, ("SET", "CONSTRAINTS"), ("SET", "TRANSACTION"))
    )


def setting(statement: Statement) -> str:
    """The name of what it sets."""
    names = [word.text.upper() for word in statement.words[1:3] if not word.is_word("LOCAL", "SESSION")]
    return names[0] if names else ""


def is_limit(statement: Statement) -> bool:
    """Whether it sets a limit or a speed alone."""
    return is_setting(statement) and setting(statement) in _LIMITS


def runs_alone(statement: Statement, *, transaction: bool) -> bool:
    """Whether it must run outside of a transaction.

    Args:
        statement: the statement.
        transaction: whether the other tool ran it inside of one, where it worked.
    """
    if statement.refuses_transaction:
        return True
    if transaction:
        return False
    return _begins_as(statement, *_ALONE) or (statement.begins("DO") and _commits_inside(statement))


def added_label(statement: Statement) -> str:
    """The label, quoted, that it adds to an enum; empty if it adds none."""
    if not (statement.begins("ALTER", "TYPE") and statement.has("ADD", "VALUE")):
        return ""
    return next((word.text for word in statement.words if word.kind is Kind.STRING), "")


def _begins_as(statement: Statement, *ways: tuple[str, ...]) -> bool:
    return any(statement.begins(*words) for words in ways)


def _commits_inside(statement: Statement) -> bool:
    return any(word.kind is Kind.STRING and _COMMITS.search(word.text) for word in statement.words)
