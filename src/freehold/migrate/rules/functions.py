"""PostgreSQL's functions that do more than compute."""

READ_OR_WRITE_FILES = frozenset(
    "pg_read_file pg_read_binary_file pg_file_write pg_file_rename pg_file_unlink lo_import lo_export".split()
)
RUN_A_TEXT = frozenset("query_to_xml query_to_xmlschema query_to_xml_and_xmlschema ts_stat".split())
"""Their first argument is a statement."""

RUN_ELSEWHERE = frozenset("dblink dblink_exec dblink_open dblink_send_query".split())
"""They run a statement on a connection of their own."""

WATCHED = READ_OR_WRITE_FILES | RUN_A_TEXT | RUN_ELSEWHERE | {"setval", "set_config"}
"""All that a rule looks for."""
