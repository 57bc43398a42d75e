"""What the role of a server needs in the database, and nothing more."""

from freehold.data.own_tables import own_tables, own_views
from freehold.doctor.types import Grants


def grants(role: str, database: str) -> Grants:
    """Write the statements that let a role serve Freehold, for the owner of the tables to run.

    The role can neither change the schema nor rewrite the audit log: of an event it may only forget the address, which
    erasing a person's data does.
    """
    who = _quoted(role)
    others = ", ".join(name for name in own_tables() if name not in {"audit_events", "audit_heads"})
    return Grants(
        statements=[
            f"GRANT CONNECT, TEMPORARY ON DATABASE {_quoted(database)} TO {who};",
            f"GRANT USAGE ON SCHEMA public, freehold_migrate TO {who};",
            f"GRANT SELECT ON ALL TABLES IN SCHEMA freehold_migrate TO {who};",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON {others} TO {who};",
            f"GRANT SELECT ON {', '.join(own_views())} TO {who};",
            f"GRANT SELECT, INSERT, UPDATE ON audit_heads TO {who};",
            f"GRANT SELECT, INSERT, UPDATE (ip, ip_salt) ON audit_events TO {who};",
        ]
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
