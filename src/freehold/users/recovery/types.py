"""What is sent to get a new password."""

from freehold.base.scalars import Email, Password, Token
from freehold.base.validation import Input


class NewPasswordReset(Input, frozen=True, kw_only=True):
    """A request for a new password: the e-mail address of the account."""

    email: Email


class PasswordResetCompletion(Input, frozen=True, kw_only=True):
    """A new password, with the token from the mail as proof."""

    token: Token
    new_password: Password
