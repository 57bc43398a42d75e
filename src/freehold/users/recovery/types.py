"""What is sent to get a new password."""

from freehold.base.scalars import Email, Password, Token
from freehold.base.validation import Input


class NewPasswordReset(Input, frozen=True, kw_only=True):
    """Whose password to set anew: the address that they signed up with."""

    email: Email


class PasswordResetCompletion(Input, frozen=True, kw_only=True):
    """The new password, with the token that was mailed as proof."""

    token: Token
    new_password: Password
