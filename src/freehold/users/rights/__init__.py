"""Grant and revoke the rights of a platform administrator."""
