"""The Django application: its checks, and what happens when people sign in and out."""

from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

MIDDLEWARE = "freehold.integrations.django.middleware.FreeholdMiddleware"
_AUTHENTICATION = "django.contrib.auth.middleware.AuthenticationMiddleware"


class FreeholdConfig(AppConfig):
    """Freehold in a Django project."""

    name = "freehold.integrations.django"
    label = "freehold"
    verbose_name = "Freehold"

    def ready(self) -> None:
        """Watch people sign in and out, where the project has people."""
        register(check_settings)
        if apps.is_installed("django.contrib.auth"):
            from freehold.integrations.django import signing  # noqa: PLC0415 - it needs the models

            signing.watch()


def check_settings(**_: Any) -> list[CheckMessage]:
    """Tell what is wrong with the project's settings."""
    from freehold.integrations.django.opening import settings_of_project  # noqa: PLC0415 - see above

    found: list[CheckMessage] = []
    try:
        settings_of_project()
    except ImproperlyConfigured as error:
        found.append(Error(str(error), id="freehold.E001"))
    order = list(settings.MIDDLEWARE)
    if MIDDLEWARE not in order:
        found.append(Error("Freehold's middleware is missing", hint=f"Add {MIDDLEWARE!r}.", id="freehold.E002"))
    elif _AUTHENTICATION in order[order.index(MIDDLEWARE) :]:
        hint = f"Put {_AUTHENTICATION!r} before it."
        found.append(Error("Freehold's middleware comes too early", hint=hint, id="freehold.E003"))
    return found
