"""The options of tables, views and columns that pg_dump carries, by name, of PostgreSQL 14 to 18.

The catalog keeps more than that: since 15.20 each column has a counter of the server itself (``pg_attver``), which no
dump holds. What has another name is therefore not compared.
"""

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

CARRIED = frozenset((*_VACUUM, *_TABLE, *_VIEW, *_COLUMN))
