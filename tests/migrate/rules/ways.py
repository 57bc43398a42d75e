"""Rules on transactions and directives, with the directives that the file has."""

FINDS = {
    "needs-no-transaction": [
        ("CREATE INDEX CONCURRENTLY i ON items (a)",),
        ("DROP INDEX CONCURRENTLY i",),
        ("REINDEX INDEX CONCURRENTLY i",),
        ("VACUUM items",),
        ("ALTER TABLE items DETACH PARTITION items_1 CONCURRENTLY",),
    ],
    "not-resumable": [
        ("CREATE TABLE fresh (id int)", "transaction=off"),
        ("UPDATE items SET a = 1 WHERE id = 1", "transaction=off"),
        ("ALTER TABLE items ADD a int", "transaction=off"),
    ],
    "unnamed-index": [
        ("CREATE INDEX CONCURRENTLY ON items (a)", "transaction=off"),
        ("CREATE UNIQUE INDEX CONCURRENTLY ON ONLY items (a)", "transaction=off"),
        ("CREATE INDEX concurrently ON items USING gin (a)", "transaction=off"),
    ],
    "unknown-rule": [
        ("SELECT 1", "lint-ignore: no-such-rule why not"),
        ("SELECT 1", "lint-ignore: update-without-wher a typing mistake"),
        ("SELECT 1", "lint-ignore: prefer-text-field a rule of style"),
    ],
}

LEAVES = {
    "needs-no-transaction": [
        ("CREATE INDEX CONCURRENTLY i ON items (a)", "transaction=off"),
        ("VACUUM items", "transaction=off"),
        ("ANALYZE items",),
    ],
    "not-resumable": [
        ("DROP INDEX CONCURRENTLY i", "transaction=off"),
        ("ANALYZE items", "transaction=off"),
        ("CREATE TABLE fresh (id int)",),
    ],
    "unnamed-index": [
        ("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON ONLY public.items (a)", "transaction=off"),
        ('CREATE INDEX CONCURRENTLY "on" ON items (a)', "transaction=off"),
        ("REINDEX INDEX CONCURRENTLY i", "transaction=off"),
    ],
    "unknown-rule": [
        ("SELECT 1", "lint-ignore: truncate the table is a cache"),
        ("SELECT 1", "lint-ignore: down-loses-data nobody reads it"),
        ("SELECT 1", "lint-ignore: adding-required-field squawk's rules keep their names"),
    ],
}
