"""Find users: by login, by the beginning of a name, by state."""
