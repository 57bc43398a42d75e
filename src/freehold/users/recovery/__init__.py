"""Set a new password without the old one."""
