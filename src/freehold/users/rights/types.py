"""What is sent to make somebody a platform administrator."""

from freehold.base.scalars import Secret
from freehold.base.validation import Input


class AdminGrant(Input, frozen=True, kw_only=True):
    """Your own password, unless your session sent it lately."""

    current_password: Secret | None = None
