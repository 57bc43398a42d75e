"""Freehold: the tenancy core you own."""
