"""Signing in and out: who is signed in where."""

from freehold.base.slices import Slice

SLICE = Slice(package=__name__, commands={"sessions": "List and end the sessions of a user."})
