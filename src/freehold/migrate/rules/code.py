"""A statement that a file runs: its tree, the parts that run with it, and their lines."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from freehold.migrate.lexer import Kind, Token, tokens
from freehold.migrate.rules.names import is_on, place
from freehold.migrate.tree import Fields, Node, parse, walk

_DEFINITIONS = frozenset(
    "CreateStmt CreateForeignTableStmt CreateSchemaStmt ViewStmt RuleStmt CreateFunctionStmt CreatePolicyStmt "
    "AlterPolicyStmt CreateTrigStmt CreateDomainStmt AlterDomainStmt".split()
)
"""Statements whose expressions and bodies are kept for later, not run."""


class Code(NamedTuple):
    """A statement that is run.

    Attributes:
        nodes: itself first, then every node inside it that is run with it.
        text: what it was parsed from.
        line: of the text's beginning in the file.
        sure: False where it may be skipped, as in a branch of PL/pgSQL.
    """

    nodes: tuple[Node, ...]
    text: str
    line: int
    sure: bool = True

    @property
    def node(self) -> Node:
        """The statement itself."""
        return self.nodes[0]

    def line_of(self, inside: object) -> int:
        """The line in the file of a part of its tree."""
        return self.line + self.text.encode()[: place(inside)].count(b"\n")


def read(text: str, line: int, *, sure: bool = True) -> list[Code]:
    """Parse statements that begin on a line of the file.

    Raises:
        UnreadableError: as `parse`.
    """
    return [Code(_run_with(_placed(node, text)), text, line, sure) for node in parse(text)]


def _run_with(node: Node) -> tuple[Node, ...]:
    """A statement and those of its parts that run when it does."""
    fields = node.fields
    if node.kind in _DEFINITIONS or (node.kind == "ExplainStmt" and not is_on(fields.get("options", ()), "analyze")):
        return (node,)
    if node.kind == "AlterTableStmt":
        commands = [each for each in fields["cmds"] if each["AlterTableCmd"]["subtype"] != "AT_ColumnDefault"]
        return (node, *walk(commands))
    return (node, *walk(fields))


def _placed(node: Node, text: str) -> Node:
    """Give each command of ALTER TABLE its place in the text; the parser keeps it for few of them."""
    commands = node.fields.get("cmds", [])
    if node.kind == "AlterTableStmt" and "\n" in text:
        for command, word in zip(commands, _beginnings(node.fields["relation"], text), strict=False):
            command["AlterTableCmd"].setdefault("location", len(text[: word.start].encode()))
    return node


def _beginnings(relation: Fields, text: str) -> Iterator[Token]:
    """The first word of each command: behind the table's name, then behind each comma outside of parentheses."""
    words = [token for token in tokens(text) if token.kind not in (Kind.SPACE, Kind.COMMENT)]
    name = len(text.encode()[: relation.get("location", 0)].decode())
    at = next(index for index, word in enumerate(words) if word.start >= name) + 1
    while words[at].text in (".", "*") or words[at - 1].text == ".":
        at += 1
    yield words[at]
    depth = 0
    for word, after in pairwise(words[at:]):
        depth += (word.text in ("(", "[")) - (word.text in (")", "]"))
        if depth == 0 and word.text == ",":
            yield after
