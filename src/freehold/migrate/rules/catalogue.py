"""Every rule that judges a file's text: its name, what happens in production, and what to write instead."""

from typing import NamedTuple

from freehold.migrate.findings import Severity


class Rule(NamedTuple):
    """A rule.

    Attributes:
        name: what ``lint-ignore`` takes.
        why: what happens in production.
        remedy: what to write instead; empty for what is often harmless.
        severity: of a finding.
    """

    name: str
    why: str
    remedy: str
    severity: Severity = "error"


_NOT_VALID = "ADD CONSTRAINT ... NOT VALID here, VALIDATE CONSTRAINT in the next migration"
_ALONE = "alone in its file, with -- migrate: transaction=off"

_ROWS = (
    Rule(
        "update-without-where",
        "writes every row of the table in one transaction: each stays locked to the end, and the table doubles in size",
        "-- migrate: backfill: table.key, with WHERE key BETWEEN $1 AND $2; if all are meant at once, WHERE true",
    ),
    Rule(
        "delete-without-where",
        "deletes every row",
        "say which rows: WHERE ...; if all are meant, WHERE true, and declare the loss: -- migrate: lossy: table why",
    ),
    Rule(
        "truncate",
        "deletes every row and blocks even readers",
        "DELETE ... WHERE in a backfill; or drop the table, declared as lossy",
    ),
    Rule(
        "ban-truncate-cascade",
        "deletes every row of the tables that refer to it, too",
        "DELETE ... WHERE in a backfill",
    ),
)

_COLUMNS = (
    Rule(
        "adding-field-with-default",
        "rewrites the table while nobody can read it, since every row gets a value of its own",
        "add the column without it, set the default, fill old rows with a backfill",
    ),
    Rule(
        "adding-required-field",
        "fails as soon as the table has a row",
        "add it nullable or with a constant default; fill it with a backfill; then require it",
    ),
    Rule(
        "adding-not-nullable-field",
        "reads the whole table while nobody can read or write it",
        "ADD CONSTRAINT name CHECK (column IS NOT NULL) NOT VALID, VALIDATE it in the next migration, "
        "then SET NOT NULL (it reads nothing then) and drop the check",
    ),
    Rule(
        "changing-column-type",
        "may rewrite the table while nobody can read it; the rehearsal shows whether it does",
        "",
        "notice",
    ),
    Rule(
        "ban-drop-column",
        "loses the column's values, and breaks programs that still name it",
        "let no running program name it any more, then declare it: -- migrate: lossy: table.column why",
    ),
    Rule(
        "renaming-column",
        "breaks every program that runs now",
        "add a new column, write to both, move readers over, drop the old one (see the how-to)",
    ),
)

_CONSTRAINTS = (
    Rule("constraint-missing-not-valid", "reads the whole table while nobody can read or write it", _NOT_VALID),
    Rule("adding-foreign-key-constraint", "reads the whole table while nobody can write to both tables", _NOT_VALID),
    Rule(
        "disallowed-unique-constraint",
        "builds its index while nobody can read or write the table",
        "CREATE UNIQUE INDEX CONCURRENTLY in a migration of its own, then ADD CONSTRAINT ... USING INDEX",
    ),
    Rule(
        "adding-serial-primary-key-field",
        "builds the key's index while nobody can read or write the table",
        "add the column, fill it with a backfill, CREATE UNIQUE INDEX CONCURRENTLY, then ADD PRIMARY KEY USING INDEX",
    ),
    Rule(
        "exclusion-constraint",
        "builds its index while nobody can read or write the table, and there is no way to do it concurrently",
        "make a new table with the constraint and move the rows with a backfill",
    ),
)

_TABLES = (
    Rule(
        "set-unlogged",
        "rewrites the table; an unlogged table is empty after a crash",
        "make a new table of the kind you want, and move the rows with a backfill",
    ),
    Rule(
        "set-access-method",
        "rewrites the table while nobody can read it",
        "make a new table with that access method, and move the rows with a backfill",
    ),
    Rule(
        "set-tablespace",
        "copies every file while nobody can read or write them",
        "make a new table there, and move the rows with a backfill; an index: build a new one concurrently",
    ),
    Rule(
        "vacuum-full",
        "rewrites the table while nobody can read it",
        "VACUUM without FULL; to shrink a table, use pg_repack outside of migrations",
    ),
    Rule("cluster", "rewrites the table while nobody can read it", "leave the order of rows to an index"),
    Rule(
        "lock-table",
        "blocks others until the migration ends",
        "let each statement take the lock that it needs",
    ),
    Rule(
        "attach-partition",
        "reads the whole new partition under a lock",
        "first ADD CONSTRAINT ... CHECK (the bounds) NOT VALID and VALIDATE it, then attach without a scan",
    ),
    Rule(
        "require-concurrent-partition-detach",
        "blocks readers and writers of the whole table",
        f"DETACH PARTITION ... CONCURRENTLY, {_ALONE}",
    ),
    Rule(
        "renaming-table",
        "breaks every program that runs now",
        "make a view of the new name first, move readers over, then rename",
    ),
    Rule(
        "ban-drop-table",
        "loses the rows, and breaks programs that still name it",
        "let no running program name it any more, then declare it: -- migrate: lossy: table why",
    ),
    Rule("ban-drop-database", "loses everything in it", "no migration should"),
)

_INDEXES = (
    Rule(
        "require-concurrent-index-creation",
        "nobody can write to the table until the index is built",
        f"CREATE INDEX CONCURRENTLY, {_ALONE}",
    ),
    Rule(
        "require-concurrent-index-deletion",
        "waits for everyone who uses the table, and blocks everyone behind it",
        f"DROP INDEX CONCURRENTLY, {_ALONE}",
    ),
    Rule(
        "require-concurrent-reindex",
        "nobody can write to the table, or use the index, until it is built",
        f"REINDEX ... CONCURRENTLY, {_ALONE}",
    ),
)

_BEHAVIOUR = (
    Rule(
        "refresh-materialized-view",
        "blocks its readers until it is filled",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY (it needs a unique index)",
    ),
    Rule(
        "create-trigger",
        "blocks writers of the table, and changes what every later write does",
        "put it in a migration of its own, so that the lock is short",
    ),
    Rule(
        "disable-trigger",
        "lets rows in that break foreign keys, unseen by everyone",
        "write rows that the triggers accept",
    ),
    Rule(
        "change-owner",
        "the former owner, perhaps the application, loses its rights at once",
        "grant what is needed first; change the owner in a migration of its own",
    ),
    Rule(
        "row-level-security",
        "without a policy the application sees no row any more",
        "CREATE POLICY in the same migration or before",
    ),
    Rule(
        "setval",
        "a sequence that goes back hands out numbers twice",
        "ALTER SEQUENCE ... RESTART with a value above all rows, or an identity column",
    ),
)

_SERVER = (
    Rule(
        "copy-program",
        "runs a program on the database server",
        "INSERT ... VALUES, or load the rows outside of migrations",
    ),
    Rule(
        "server-file",
        "reads or writes a file of the database server, which no other server has",
        "INSERT ... VALUES, or load the rows outside of migrations",
    ),
    Rule(
        "alter-system",
        "changes every database of the server, and no down brings it back",
        "change settings with your server's configuration",
    ),
)

_UNSEEN = (
    Rule("syntax-error", "PostgreSQL cannot read it", "correct it"),
    Rule("dynamic-sql", "is not judged: what it runs is known only when it runs", "write the statements themselves"),
    Rule("other-language", "is not judged: only SQL and PL/pgSQL are", "write it in SQL or PL/pgSQL"),
)

_CITUS = (
    Rule(
        "citus-unique",
        "rows with other values of the column by which they are spread are on other servers, so Citus refuses this key",
        "put the column into the key: PRIMARY KEY (organization_id, id)",
    ),
    Rule(
        "citus-foreign-key",
        "Citus cannot check this key",
        "spread both tables by one column that is in the key, or refer to a table that is on every server",
    ),
    Rule(
        "citus-trigger",
        "Citus runs no trigger of a table that is spread or on every server, and refuses to place it",
        "do it in the program, or drop the trigger in the same file",
    ),
    Rule(
        "citus-column",
        "rows are spread by this column",
        "spread the table by a column that stays as it is, such as organization_id",
    ),
    Rule("citus-table", "Citus cannot place this table", "make it an ordinary table, or leave it local"),
    Rule(
        "citus-alter",
        "Citus refuses this command beside another",
        "one ALTER TABLE for each",
    ),
    Rule(
        "citus-write",
        "Citus refuses this statement",
        "now() or a value for clock_timestamp(); UPDATE or INSERT ... ON CONFLICT for MERGE",
    ),
)

_WAYS = (
    Rule("needs-no-transaction", "PostgreSQL refuses this statement inside a transaction", _ALONE),
    Rule(
        "not-resumable",
        "this statement cannot be resumed when it is interrupted half-way",
        "remove -- migrate: transaction=off: this can run in a transaction",
    ),
    Rule(
        "unnamed-index",
        "an index without a name cannot be found again when its build is interrupted",
        "CREATE INDEX CONCURRENTLY name ON table (...)",
    ),
    Rule("unknown-rule", "lint-ignore names a rule that does not exist", "correct it"),
)

RULES = {
    rule.name: rule
    for rules in (_ROWS, _COLUMNS, _CONSTRAINTS, _TABLES, _INDEXES, _BEHAVIOUR, _SERVER, _UNSEEN, _CITUS, _WAYS)
    for rule in rules
}
"""By name."""
