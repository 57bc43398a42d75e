"""The SQL inside a PL/pgSQL body, with the line of each piece.

PL/pgSQL is a thin layer of keywords around SQL: its own parser, too, takes whatever stands before the next THEN, LOOP
or semicolon as SQL. libpg_query has that parser, but without a catalog it stops at every type of another schema.
"""

from typing import Literal, NamedTuple, TypeAlias

from freehold.migrate.errors import FormatError
from freehold.migrate.lexer import Kind, Token, UnterminatedError, tokens

PieceKind: TypeAlias = Literal["statement", "expression", "dynamic"]


class Piece(NamedTuple):
    """SQL that a body runs.

    Attributes:
        kind: a ``statement``; an ``expression``, to be read behind SELECT; or ``dynamic``: an expression, and its value
            is the statement.
        sql: its text.
        line: of its first word, counted from 1 in the body.
        sure: False where it may be skipped: in a branch, in a loop, after an early RETURN, beside a handler of errors.
    """

    kind: PieceKind
    sql: str
    line: int
    sure: bool


class BodyError(FormatError):
    """A body ends too early; ``line`` is where, counted from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def read_body(body: str) -> list[Piece]:
    """Take a body apart.

    Raises:
        BodyError: a quote, a comment or a statement never ends.
    """
    try:
        words = [token for token in tokens(body) if token.kind not in (Kind.SPACE, Kind.COMMENT)]
    except UnterminatedError as error:
        raise BodyError(str(error), 1 + body.count("\n", 0, error.offset)) from None
    return _Reader(body, words).read()


_QUERIES = frozenset("SELECT WITH VALUES TABLE INSERT UPDATE DELETE MERGE SHOW EXPLAIN CALL (".split())
_WITHOUT_SQL = frozenset("NULL GET FETCH MOVE CLOSE COMMIT ROLLBACK".split())
_RESERVED = frozenset("BEGIN CASE DECLARE ELSE ELSIF ELSEIF END EXECUTE FOR FOREACH IF LOOP NULL WHEN WHILE".split())


class _Reader:
    """Goes from statement to statement; blocks, branches and loops count only for whether one is sure to run."""

    def __init__(self, body: str, words: list[Token]) -> None:
        self._body = body
        self._words = words
        self._at = 0
        self._pieces: list[Piece] = []
        self._blocks: list[int] = []  # how many pieces there were where each open block began
        self._branches = 0
        self._left = False  # an early RETURN was passed

    def read(self) -> list[Piece]:
        while self._at < len(self._words):
            self._statement()
        return self._pieces

    def _statement(self) -> None:  # noqa: C901, PLR0912 - one branch for each kind of statement
        keyword = self._keyword()
        if keyword == "#":  # an option of the compiler, such as #variable_conflict use_column
            self._at += 3
        elif keyword == "<<":
            self._until(">>")
        elif keyword not in _RESERVED and (sign := self._assignment()):
            self._value(sign, self._until(";"))
        elif keyword == "DECLARE":
            self._at += 1
            while self._keyword() not in ("BEGIN", "DECLARE"):
                self._declaration()
        elif keyword in ("BEGIN", "LOOP", "ELSE", "EXCEPTION", "END"):
            self._structure(keyword)
        elif keyword in ("IF", "ELSIF", "ELSEIF", "WHEN"):
            self._branches += keyword == "IF"
            self._expression(1, "THEN")
        elif keyword == "CASE":
            self._branches += 1
            self._expression(1, "WHEN", pass_end=False)
        elif keyword == "WHILE":
            self._expression(1, "LOOP", pass_end=False)
        elif keyword in ("FOR", "FOREACH"):
            self._for()
        elif keyword in ("EXECUTE", "OPEN", "RETURN"):
            self._runs(keyword)
        elif keyword in ("EXIT", "CONTINUE", "ASSERT", "RAISE"):
            self._says()
        elif keyword in _WITHOUT_SQL:
            self._until(";")
        else:
            start = self._at
            self._add("statement", start, self._until(";", atomic=True))

    def _structure(self, keyword: str) -> None:
        self._at += 1
        if keyword == "BEGIN":
            self._blocks.append(len(self._pieces))
        elif keyword == "LOOP":
            self._branches += 1
        elif keyword == "EXCEPTION" and self._blocks:
            first = self._blocks[-1]
            self._pieces[first:] = [piece._replace(sure=False) for piece in self._pieces[first:]]
            self._branches += 1
            self._blocks[-1] = -1
        elif keyword == "END":
            if self._keyword() in ("IF", "LOOP", "CASE"):
                self._branches -= 1
            elif self._blocks:
                self._branches -= self._blocks.pop() == -1
            self._until(";", may_end=True)

    def _declaration(self) -> None:
        """A name with its type and, if it has one, its value or its query."""
        start = self._at
        end = self._until(";")
        for index in range(start, end):
            word = self._words[index]
            if word.is_word("CURSOR"):
                query = next((at for at in range(index, end) if self._words[at].is_word("FOR", "IS")), end)
                return self._add("statement", query + 1, end)
            if word.is_word("DEFAULT") or word.text.startswith((":", "=")):
                return self._value(index, end)
        return None

    def _for(self) -> None:
        """Over the rows of a query, of dynamic SQL or of a cursor, an array, or numbers."""
        self._until("IN")
        if self._keyword() in ("ARRAY", "REVERSE"):
            self._at += 1
        if self._keyword() == "EXECUTE":
            return self._dynamic(self._at + 1, "LOOP", pass_end=False)
        start, first = self._at, self._keyword()
        end = self._until("LOOP", pass_end=False)
        words = self._words[start:end]
        numbers = [word for word in words if word.kind in (Kind.SYMBOL, Kind.NUMBER) and self._dots(word)]
        if first in _QUERIES and not numbers:
            return self._add("statement", start, end)
        text, offset = self._text(start, end), words[0].start if words else 0
        for word in (*numbers, *(word for word in words if numbers and word.is_word("BY"))):
            place = word.start - offset + max(0, word.text.find(".."))
            text = f"{text[:place]}, {text[place + 2 :]}"
        return self._piece("expression", text, offset)

    def _dots(self, word: Token) -> bool:
        """Whether ``..`` is in a word, or begins with it: the lexer takes a number and its dots together."""
        return ".." in word.text or (word.text == "." and self._body.startswith("..", word.start))

    def _runs(self, keyword: str) -> None:
        """EXECUTE, OPEN ... FOR, RETURN, and what becomes of the latter two with QUERY and EXECUTE."""
        self._left |= keyword == "RETURN" and self._branches > 0
        start = self._at + 1
        if keyword == "OPEN":
            self._until("FOR", ";")
            if self._words[self._at - 1].text == ";":
                return None
            start = self._at
        elif keyword == "RETURN" and self._is(start, "QUERY", "NEXT"):
            start += 1
        if keyword == "EXECUTE" or self._is(start, "EXECUTE"):
            return self._dynamic(start + (keyword != "EXECUTE"), ";")
        query = keyword == "OPEN" or self._is(start - 1, "QUERY")
        return self._add("statement" if query else "expression", start, self._until(";"))

    def _dynamic(self, start: int, end: str, *, pass_end: bool = True) -> None:
        """A text that is run, then in any order the variables it fills and the values put into it."""
        self._at = start
        kind: PieceKind = "dynamic"
        while True:
            stop = self._until("INTO", "USING", end)
            self._add(kind, start, stop)
            if self._is(stop, end):
                self._at -= not pass_end
                return
            start, kind = self._at, "expression"
            if self._is(stop, "INTO"):
                start = self._behind_targets(start, len(self._words))
                self._at = start

    def _says(self) -> None:
        """RAISE with its values, ASSERT and WHEN with their conditions; the options of RAISE are texts for people."""
        start, end = self._at, self._until(";")
        end = next((at for at in range(start, end) if self._words[at].is_word("USING")), end)
        for index in range(start, end):
            if self._words[index].text == "," or self._words[index].is_word("WHEN", "ASSERT"):
                return self._add("expression", index + 1, end)
        return None

    def _expression(self, skip: int, end: str, *, pass_end: bool = True) -> None:
        start = self._at + skip
        self._add("expression", start, self._until(end, pass_end=pass_end))

    def _assignment(self) -> int:
        """Where the ``:=`` or ``=`` of an assignment stands; 0 if this is none."""
        depth = 0
        for at in range(self._at + 1, len(self._words)):
            text = self._words[at].text
            if depth == 0 and text.startswith((":", "=")):
                return at
            if depth == 0 and text not in (".", "[") and self._words[at - 1].text != ".":
                return 0
            depth += (text == "[") - (text == "]")
        return 0

    def _value(self, sign: int, end: int) -> None:
        """What stands behind ``:=``, ``=`` or DEFAULT; the lexer takes a minus sign together with the equals sign."""
        if self._words[sign].is_word("DEFAULT"):
            return self._add("expression", sign + 1, end)
        equals = self._words[sign + (self._words[sign].text == ":")]
        return self._piece("expression", self._body[equals.start + 1 : self._words[end].start], equals.start + 1)

    def _until(self, *ends: str, pass_end: bool = True, atomic: bool = False, may_end: bool = False) -> int:
        """Pass everything up to one of these words outside of parentheses, and that word; say where it stands."""
        began, depth, inside = self._at, 0, 0
        while self._at < len(self._words):
            word = self._words[self._at]
            if depth <= 0 and not inside and self._keyword() in ends:
                self._at += pass_end
                return self._at - pass_end
            depth += (word.text in ("(", "[")) - (word.text in (")", "]"))
            inside += atomic and (word.is_word("ATOMIC") or (inside > 0 and word.is_word("CASE")))
            inside -= inside > 0 and word.is_word("END")
            self._at += 1
        if may_end:
            return self._at
        line = 1 + self._body.count("\n", 0, self._words[min(began, len(self._words) - 1)].start)
        raise BodyError(f"no {ends[-1]} ends what begins here", line)

    def _keyword(self) -> str:
        if self._at >= len(self._words):
            return ""
        word = self._words[self._at]
        return word.text.upper() if word.kind is Kind.WORD else word.text

    def _is(self, at: int, *keywords: str) -> bool:
        return at < len(self._words) and (self._words[at].text in keywords or self._words[at].is_word(*keywords))

    def _text(self, start: int, end: int) -> str:
        return self._body[self._words[start].start : self._words[end - 1].end] if start < end else ""

    def _add(self, kind: PieceKind, start: int, end: int) -> None:
        if start < end:
            text = self._without_targets(start, end) if kind == "statement" else self._text(start, end)
            if kind == "statement" and self._words[start].is_word("PERFORM"):
                text = "SELECT " + text[len("PERFORM") :]
            self._piece(kind, text, self._words[start].start)

    def _piece(self, kind: PieceKind, text: str, offset: int) -> None:
        sure = self._branches == 0 and not self._left
        self._pieces.append(Piece(kind, text, 1 + self._body.count("\n", 0, offset), sure))

    def _without_targets(self, start: int, end: int) -> str:
        """A statement without ``INTO variable, ...``, which is not SQL's but PL/pgSQL's; its lines stay as they are."""
        text, first, at = self._text(start, end), self._words[start].start, start + 1
        while at < end:
            if self._words[at].is_word("INTO") and not self._words[at - 1].is_word("INSERT", "MERGE"):
                behind = self._behind_targets(at + 1, end)
                cut, stop = self._words[at].start - first, self._words[behind - 1].end - first
                text = text[:cut] + "".join(char if char == "\n" else " " for char in text[cut:stop]) + text[stop:]
                at = behind
            at += 1
        return text

    def _behind_targets(self, at: int, end: int) -> int:
        """Where ``[STRICT] variable[.field], ...`` is over."""
        at += self._is(at, "STRICT")
        while at + 1 < end and self._words[at + 1].text in (".", ","):
            at += 2
        return min(at + 1, end)
