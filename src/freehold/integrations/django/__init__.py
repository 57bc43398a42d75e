"""Freehold in a Django project: ``request.freehold`` acts as whoever sent the request; decorators ask what they may do.

::

    INSTALLED_APPS += ["freehold.integrations.django"]
    MIDDLEWARE += ["freehold.integrations.django.middleware.FreeholdMiddleware"]

    path("organizations/<organization>/invoices", invoices)


    @access("project.read")
    def invoices(request: HttpRequest, scope: Scope) -> HttpResponse: ...

It works under WSGI and ASGI. Freehold's own types and errors are those of ``freehold``.
"""

from freehold.integrations.django.acting import aacting, acting
from freehold.integrations.django.decorators import access, login_required
from freehold.integrations.django.opening import close, platform
from freehold.integrations.django.tenancy import in_organization

__all__ = ["aacting", "access", "acting", "close", "in_organization", "login_required", "platform"]
