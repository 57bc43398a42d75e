"""Freehold for synchronous programs: Django and Flask applications, scripts, notebooks.

``Platform`` has the operations of ``freehold.Platform`` with the same names, parameters and types, without ``await``.
Types and errors are those of ``freehold``::

    from freehold import NewUser
    from freehold.sync import Platform

    with Platform.open("postgresql:///app") as platform:
        ada = platform.users.create(NewUser(username="ada", email="ada@example.com", password="Lovelace1"))
"""

from freehold.sync.platform import Platform

__all__ = ["Platform"]
