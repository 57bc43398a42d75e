"""Of how many rows a condition is true, as far as its text shows."""

from typing import Literal

from freehold.migrate.rules.names import of_parts
from freehold.migrate.rules.references import Rows, bare, column, only_source, reads_whole, refers, same_row
from freehold.migrate.tree import Fields

Reach = Literal["all", "some", "none"]
_OPPOSITE: dict[Reach, Reach] = {"all": "none", "some": "some", "none": "all"}
_NEGATED = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_TRUE_OF_ITSELF = frozenset(("=", "<=", ">="))
_TRUE = frozenset("t tr tru true y ye yes on 1".split())


def reach(condition: Fields | None, rows: Rows) -> Reach:  # noqa: PLR0911 - one for each kind of condition
    """Of how many of the rows it is true; ``all`` also where one look at other data decides for all of them."""
    match condition:
        case None:
            return "all"
        case {"A_Const": constant} | {"TypeCast": {"arg": {"A_Const": constant}}}:
            return _truth(constant)
        case {"BoolExpr": {"boolop": operator, "args": parts}}:
            return _combine(operator, parts, rows)
        case {"BooleanTest": {"booltesttype": "IS_TRUE" | "IS_NOT_FALSE", "arg": inner}}:
            return reach(inner, rows)
        case {"CoalesceExpr": {"args": [{"A_Const": constant}, *_]}}:
            return _truth(constant)
        case {"A_Expr": expression}:
            return _compare(expression, rows)
        case {"SubLink": link} if _finds_itself(link, rows):
            return "all"
    return "some" if "CurrentOfExpr" in condition or refers(condition, rows) else "all"


def is_true(condition: Fields | None) -> bool:
    """Whether it is the word TRUE and nothing else."""
    match condition:
        case {"A_Const": {"boolval": {"boolval": True}}}:
            return True
    return False


def _truth(constant: Fields) -> Reach:
    if "sval" in constant:
        return "all" if constant["sval"].get("sval", "").strip().lower() in _TRUE else "none"
    return "all" if constant.get("boolval", {}).get("boolval") or constant.get("ival", {}).get("ival") else "none"


def _combine(operator: str, parts: list[Fields], rows: Rows) -> Reach:
    reached = [reach(part, rows) for part in parts]
    if operator == "NOT_EXPR":
        return _OPPOSITE[reached[0]]
    strongest: Reach = "none" if operator == "AND_EXPR" else "all"
    if strongest in reached or (operator == "OR_EXPR" and _complete(parts)):
        return strongest
    return "some" if "some" in reached else _OPPOSITE[strongest]


def _compare(expression: Fields, rows: Rows) -> Reach:
    left, right = bare(expression.get("lexpr")), bare(expression.get("rexpr"))
    kind, operator = expression["kind"], of_parts(expression.get("name", ())).name
    match kind, left, right:
        case "AEXPR_OP", {"A_Const": one}, {"A_Const": other}:
            return _compare_constants(operator, one, other)
        case "AEXPR_OP", _, _ if left == right and operator in _NEGATED:
            return "all" if operator in _TRUE_OF_ITSELF else "none"
        case "AEXPR_OP", _, _ if operator == "=" and same_row(left, right, rows):
            return "all"
        case "AEXPR_NOT_DISTINCT", _, _ if left == right:
            return "all"
        case "AEXPR_LIKE" | "AEXPR_ILIKE", _, {"A_Const": {"sval": {"sval": "%"}}}:
            return "all"
    return "some" if refers(expression, rows) else "all"


def _compare_constants(operator: str, left: Fields, right: Fields) -> Reach:
    one, other = (each.get("ival", {}).get("ival", 0) if "ival" in each else each.get("sval") for each in (left, right))
    if left.keys() != right.keys() or one is None or other is None:
        return "all"
    if operator in ("=", "<>"):
        return "all" if (one == other) == (operator == "=") else "none"
    if "ival" in left and operator in _NEGATED:
        true = {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}[operator]
        return "all" if true else "none"
    return "all"


def _finds_itself(link: Fields, rows: Rows) -> bool:
    """Whether EXISTS or IN (SELECT ...) looks for the row in the whole of its own table."""
    query = link["subselect"].get("SelectStmt", {})
    source = only_source(query)
    alias = reads_whole(source, rows.table) if source else ""
    if not alias:
        return False
    if link["subLinkType"] == "EXISTS_SUBLINK":
        return reach(query.get("whereClause"), rows._replace(again=rows.again | {alias})) == "all"
    if link["subLinkType"] == "ANY_SUBLINK" and "whereClause" not in query and "operName" not in link:
        found = query.get("targetList", [{}])[0].get("ResTarget", {}).get("val")
        return column(link.get("testexpr")).name == column(found).name != ""
    return False


def _complete(parts: list[Fields]) -> bool:
    """Whether one of the alternatives is the opposite of another."""
    alternatives = [bare(part) for part in parts]
    return any(_opposite(part) in alternatives for part in alternatives)


def _opposite(part: object) -> object:
    match part:
        case {"NullTest": {"nulltesttype": "IS_NULL", **rest}}:
            return {"NullTest": {**rest, "nulltesttype": "IS_NOT_NULL"}}
        case {"A_Expr": {"kind": "AEXPR_OP", "name": [{"String": {"sval": operator}}], **rest}} if operator in _NEGATED:
            return {"A_Expr": {**rest, "kind": "AEXPR_OP", "name": [{"String": {"sval": _NEGATED[operator]}}]}}
        case {"BoolExpr": {"boolop": "NOT_EXPR", "args": [negated]}}:
            return negated
    return None
