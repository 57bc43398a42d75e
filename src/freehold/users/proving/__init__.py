"""Proving with the password that it is still oneself who is signed in."""
