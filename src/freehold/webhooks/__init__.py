"""Telling other programs of what happens: each event is put before the endpoints in the statement that writes it."""

from freehold.base.slices import Slice

SLICE = Slice(package=__name__, commands={"webhooks": "Create webhook endpoints, and see what they were sent."})
