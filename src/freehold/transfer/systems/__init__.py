"""Reads the databases of other systems as if they were files."""
