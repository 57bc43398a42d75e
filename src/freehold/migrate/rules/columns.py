"""Rules on a column that is added."""

from collections.abc import Iterator

from freehold.migrate.rules.names import Name, built_in, of_parts
from freehold.migrate.rules.scope import Breach, Scope
from freehold.migrate.tree import Fields, walk

_SERIAL = frozenset("serial bigserial smallserial serial2 serial4 serial8".split())

_STEADY = frozenset(
    "now transaction_timestamp statement_timestamp timezone date_trunc date_part extract make_date make_time "
    "make_timestamp make_timestamptz make_interval to_timestamp to_date to_char to_number age date timestamptz "
    "current_setting current_database current_schema session_user user version pg_backend_pid inet_server_addr "
    "lower upper initcap trim btrim ltrim rtrim concat concat_ws format replace translate left right substr substring "
    "length char_length octet_length lpad rpad repeat reverse split_part overlay position ascii chr quote_ident "
    "quote_literal regexp_replace md5 sha224 sha256 sha384 sha512 encode decode convert_to convert_from hashtext "
    "abs ceil ceiling floor round trunc mod power sqrt sign greatest least int4 int8 float8 numeric text varchar "
    "array_fill array_append array_cat array_length cardinality string_to_array array_to_string int4range int8range "
    "numrange daterange tsrange tstzrange json_build_object json_build_array jsonb_build_object jsonb_build_array "
    "json_object jsonb_object to_json to_jsonb row_to_json jsonb_set to_tsvector to_tsquery setweight point "
    "xmlelement st_geomfromtext st_makepoint st_setsrid".split()
)
"""Functions that give every row the same, so that PostgreSQL computes them once. Any other is taken for volatile, as
PostgreSQL takes one that says nothing."""


def added(column: Fields, scope: Scope) -> Iterator[Breach]:
    """Judge a column that is added to a table with rows."""
    constraints = [each["Constraint"] for each in column.get("constraints", ())]
    kinds = {each["contype"]: each for each in constraints}
    default = kinds.get("CONSTR_DEFAULT", {}).get("raw_expr")
    type_name = of_parts(column.get("typeName", {}).get("names", ()))
    counts = "CONSTR_IDENTITY" in kinds or (not type_name.schema and type_name.name in _SERIAL)
    has_default = default is not None and "isnull" not in default.get("A_Const", {})
    enforced = "CONSTR_ATTR_NOT_ENFORCED" not in kinds
    if why := _why_written(kinds, default, type_name, scope, counts=counts):
        yield Breach("adding-field-with-default", column, why)
    if "CONSTR_PRIMARY" in kinds:
        yield Breach("adding-serial-primary-key-field", column)
    elif "CONSTR_NOTNULL" in kinds and not (has_default or counts or "CONSTR_GENERATED" in kinds):
        yield Breach("adding-required-field", column)
    if "CONSTR_UNIQUE" in kinds:
        yield Breach(
            "disallowed-unique-constraint",
            column,
            remedy="add the column alone, CREATE UNIQUE INDEX CONCURRENTLY in a migration of its own, then "
            "ADD CONSTRAINT ... USING INDEX",
        )
    if "CONSTR_CHECK" in kinds and enforced:
        yield Breach("constraint-missing-not-valid", column, remedy=_BY_ITSELF)
    if "CONSTR_FOREIGN" in kinds and has_default and enforced:
        yield Breach("adding-foreign-key-constraint", column, remedy=_BY_ITSELF)


_BY_ITSELF = "add the column alone, then ADD CONSTRAINT ... NOT VALID, and VALIDATE CONSTRAINT in the next migration"


def _why_written(
    kinds: dict[str, Fields], default: Fields | None, type_name: Name, scope: Scope, *, counts: bool
) -> str:
    """Why every row is written with the new column; empty if none is."""
    end = ": the table is rewritten while nobody can read it"
    if counts:
        return f"gives every row its number{end}"
    if kinds.get("CONSTR_GENERATED", {}).get("generated_kind") == "s":
        return f"computes the column for every row{end}"
    calls = [node.fields for node in walk(default) if node.kind == "FuncCall"]
    if any(_is_volatile(call, scope) for call in calls):
        return f"computes the default for every row, unless the function is known as not volatile{end}"
    if scope.known.constrained(scope.made.resolve(type_name)):
        return f"tries the domain's constraint on every row{end}"
    return ""


def _is_volatile(call: Fields, scope: Scope) -> bool:
    name = of_parts(call["funcname"])
    return built_in(name) not in _STEADY and scope.made.resolve(name) not in scope.stable
