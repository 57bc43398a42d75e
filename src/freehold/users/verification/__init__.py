"""Showing that an e-mail address is one's own."""
