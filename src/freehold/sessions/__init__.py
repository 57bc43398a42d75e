"""Signing in and out: who is signed in where."""

from freehold.base.slices import Slice

SLICE = Slice(
    package=__name__,
    parts=("acting",),
    commands={"sessions": "List and end the sessions of a user, and act for one."},
)
