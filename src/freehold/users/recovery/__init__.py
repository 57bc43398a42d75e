"""Setting a new password without the old one."""
