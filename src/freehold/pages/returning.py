"""Where somebody goes once they are done: to a path of this server, or to an application that the operator named."""

import re
from urllib.parse import urlsplit

from freehold.base.addresses import origin_of
from freehold.base.settings import Settings

_OWN_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")
"""Visible ASCII without a backslash: what browsers read as a path of this host, and nothing else."""
_LONGEST = 2000


def safe_return(given: str | None, settings: Settings) -> str | None:
    """Return the address when it may be returned to, else None.

    A path of this server (``/organizations/acme``), or the address of a page of an allowed origin.
    """
    if not given or len(given) > _LONGEST:
        return None
    if _OWN_PATH.fullmatch(given):
        return given
    if re.fullmatch(r"https?://[!-\[\]-~]+", given) is None:
        return None
    try:
        parts = urlsplit(given)
    except ValueError:
        return None
    has_user = parts.username is not None or parts.password is not None
    return given if not has_user and origin_of(given) in settings.origins else None
