"""How a statement runs: the pool, the binding of SQL to stubs, pages, and the context of an operation."""
