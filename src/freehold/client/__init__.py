"""Freehold over HTTP, with the names and types of the library.

``Platform`` here is asynchronous, ``freehold.client.sync.Platform`` is not. Both need ``pip install
'freehold[client]'``.
"""

from freehold.client.platform import Platform
from freehold.client.problems import UnexpectedAnswer

__all__ = ["Platform", "UnexpectedAnswer"]
