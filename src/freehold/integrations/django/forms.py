"""A form to sign in by, which says why somebody with the right password cannot."""

from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError

from freehold.base.errors import FreeholdError
from freehold.integrations.django.backends import REFUSAL


class SignInForm(AuthenticationForm):
    """Django's form, for ``LoginView.as_view(authentication_form=SignInForm)``.

    It also tells of an account that is suspended or has to be confirmed first, and of too many attempts.
    """

    def get_invalid_login_error(self) -> ValidationError:
        """Say what is wrong."""
        refusal: FreeholdError | None = getattr(self.request, REFUSAL, None)
        return ValidationError(refusal.detail, code=refusal.code) if refusal else super().get_invalid_login_error()
