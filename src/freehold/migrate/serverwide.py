"""Statements that reach beyond their database: a history is run again on an empty one, and must touch nothing else."""

import re

from freehold.migrate.lexer import Kind
from freehold.migrate.splitter import Statement

_VERBS, _OBJECTS = ("CREATE", "ALTER", "DROP"), ("ROLE", "USER", "GROUP", "DATABASE", "TABLESPACE")
_WHOLE_SERVER = (
    *((verb, what) for verb in _VERBS for what in _OBJECTS),
    *(("ALTER", "SYSTEM"), ("REASSIGN", "OWNED"), ("DROP", "OWNED"), ("CREATE", "SUBSCRIPTION")),
    *(("COMMENT", "ON", what) for what in _OBJECTS),
)
_INSIDE = re.compile(
    r"\b(?:CREATE|ALTER|DROP)\s+(?:ROLE|USER(?!\s+MAPPING)|DATABASE|TABLESPACE)\b|\bALTER\s+SYSTEM\b|\bdblink\w*\s*\(",
    re.IGNORECASE,
)


def reaches_beyond(statement: Statement) -> bool:
    """Whether it changes roles, databases or settings of the server, or reaches another one.

    Looks into the text of DO blocks, but not into functions: those may be there for others to call.
    """
    if any(statement.begins(*words) for words in _WHOLE_SERVER):
        return not statement.has("USER", "MAPPING")
    if statement.words[0].is_word("GRANT", "REVOKE"):
        return not any(word.is_word("ON") for word in statement.words)  # membership in a role
    if statement.begins("COPY"):
        return any(word.is_word("PROGRAM") for word in statement.words)
    if statement.begins("DO"):
        return any(word.kind is Kind.STRING and _INSIDE.search(word.text) for word in statement.words)
    return any(word.kind is Kind.WORD and word.text.lower().startswith("dblink") for word in statement.words[1:])
