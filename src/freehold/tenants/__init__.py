"""Protects tables of a program's own, so that the database keeps organizations apart, and finds what is open."""

from freehold.base.slices import Slice

SLICE = Slice(
    package=__name__,
    commands={"tenants": "Keep organizations apart in your own tables, with row-level security."},
)
