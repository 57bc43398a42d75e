"""Acting for a user as a platform administrator, for an hour at most, where everybody can see it."""
