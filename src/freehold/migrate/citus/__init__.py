"""Spreads the tables of a database over the servers of a Citus cluster."""
