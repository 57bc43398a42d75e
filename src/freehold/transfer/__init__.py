"""Millions of rows in and out: files of users, organizations, members and projects, and databases of other systems."""
