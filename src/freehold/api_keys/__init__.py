"""Keys for programs: of a user, or of an organization itself (service accounts)."""
