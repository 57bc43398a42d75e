"""Hashing passwords, and reading the hashes of other systems."""
