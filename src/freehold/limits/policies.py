"""What is limited, and to how much."""

from functools import lru_cache
from typing import Final, Literal

import msgspec

from freehold.base.settings import Settings

Limited = Literal["reads", "writes", "mails", "sign-ins", "sign-ups"]
"""The kinds of requests that are counted apart. The last two count against the address, whoever is signed in."""

WINDOW_SECONDS: Final = 60
BY_ADDRESS: Final[frozenset[Limited]] = frozenset({"sign-ins", "sign-ups"})
_EXACT: Final[frozenset[Limited]] = frozenset({"mails", "sign-ins", "sign-ups"})


class Policy(msgspec.Struct, frozen=True):
    """At most ``quota`` requests of a kind in each minute. An exact one asks the database before each of them."""

    name: Limited
    quota: int
    is_exact: bool


@lru_cache(maxsize=8)
def policies(settings: Settings) -> dict[Limited, Policy]:
    """Read the policies from the settings."""
    quotas: dict[Limited, int] = {
        "reads": settings.reads_per_minute,
        "writes": settings.writes_per_minute,
        "mails": settings.mails_per_minute,
        "sign-ins": settings.sign_ins_per_minute,
        "sign-ups": settings.sign_ups_per_minute,
    }
    return {name: Policy(name, quota, name in _EXACT) for name, quota in quotas.items()}
