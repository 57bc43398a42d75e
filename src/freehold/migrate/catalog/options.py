"""What pg_dump keeps, by name, of PostgreSQL 14 to 18: options of tables, views, columns and indexes, and privileges.

The catalog holds more than that: since 15.20 each column has a counter of the server's own (``pg_attver``), which is in
no dump. What has another name is therefore not compared.
"""

from typing import Final

_VACUUM = (
    *("autovacuum_enabled", "vacuum_index_cleanup", "vacuum_truncate", "log_autovacuum_min_duration"),
    *("autovacuum_vacuum_threshold", "autovacuum_vacuum_scale_factor", "autovacuum_vacuum_max_threshold"),
    *("autovacuum_vacuum_insert_threshold", "autovacuum_vacuum_insert_scale_factor"),
    *("autovacuum_analyze_threshold", "autovacuum_analyze_scale_factor"),
    *("autovacuum_vacuum_cost_delay", "autovacuum_vacuum_cost_limit"),
    *("autovacuum_freeze_min_age", "autovacuum_freeze_max_age", "autovacuum_freeze_table_age"),
    *("autovacuum_multixact_freeze_min_age", "autovacuum_multixact_freeze_max_age"),
    *("autovacuum_multixact_freeze_table_age", "vacuum_max_eager_freeze_failure_rate"),
)
_TABLE = ("fillfactor", "toast_tuple_target", "parallel_workers", "user_catalog_table")
_VIEW = ("check_option", "security_barrier", "security_invoker")
_COLUMN = ("n_distinct", "n_distinct_inherited")
_INDEX = (
    *("deduplicate_items", "buffering", "fastupdate", "gin_pending_list_limit"),
    *("pages_per_range", "autosummarize"),
)
_OPERATOR_CLASS = ("siglen", "values_per_range", "n_distinct_per_range", "false_positive_rate")

OPTIONS: Final = sorted(
    (*_VACUUM, *(f"toast.{name}" for name in _VACUUM), *_TABLE, *_VIEW, *_COLUMN, *_INDEX, *_OPERATOR_CLASS)
)

PRIVILEGES: Final = {
    "r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE", "D": "TRUNCATE", "x": "REFERENCES", "t": "TRIGGER",
    "m": "MAINTAIN", "X": "EXECUTE", "U": "USAGE", "C": "CREATE", "T": "TEMPORARY", "c": "CONNECT",
    "s": "SET", "A": "ALTER SYSTEM",
}  # fmt: skip
"""By the letter that stands for each in an ``aclitem``."""
