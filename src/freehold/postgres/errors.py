"""The one error of this package, written for the person who runs the command."""


class PostgresError(Exception):
    """Says what is wrong with PostgreSQL or its data directory, where, and what to do next."""
