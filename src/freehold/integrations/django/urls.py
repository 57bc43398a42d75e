"""Where people sign in and out: ``path("accounts/", include("freehold.integrations.django.urls"))``.

The addresses have the names that Django's have, ``login`` and ``logout``. The page is yours: the template
``registration/login.html``. ``LOGIN_REDIRECT_URL`` says where people go then, and ``LOGOUT_REDIRECT_URL`` where they go
afterwards, by default to ``/``.
"""

from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from freehold.integrations.django.forms import SignInForm


class SignOut(LogoutView):
    """Ends the session of Django and that of Freehold."""

    def get_default_redirect_url(self) -> str:
        """Lead to ``/``: Django has a page of its own only with its administration."""
        return super().get_default_redirect_url() if settings.LOGOUT_REDIRECT_URL else "/"


urlpatterns = [
    path("login/", LoginView.as_view(authentication_form=SignInForm), name="login"),
    path("logout/", SignOut.as_view(), name="logout"),
]
