"""The OpenAPI document of the application, made once a process: making it takes a third of a second."""

from functools import cache

from freehold.serve.application import openapi

document = cache(openapi)
"""Gives the document, to be read only."""
