"""A Django project for tests: its settings, its views, its addresses."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import include, path
from django.utils.decorators import method_decorator
from django.views import View

from freehold import NewOrganization, Scope
from freehold.integrations.django import aacting, access, acting, login_required
from freehold.organizations.errors import SlugTaken

BACKEND = "freehold.integrations.django.backends.FreeholdBackend"


def settings(folder: Any) -> dict[str, Any]:
    """Say how the project works."""
    return {
        "SECRET_KEY": "of a test",
        "ALLOWED_HOSTS": ["*"],
        "ROOT_URLCONF": __name__,
        "INSTALLED_APPS": [
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "django.contrib.sessions",
            "freehold.integrations.django",
        ],
        "MIDDLEWARE": [
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "freehold.integrations.django.middleware.FreeholdMiddleware",
        ],
        "AUTHENTICATION_BACKENDS": [BACKEND],
        "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "project.sqlite3")}},
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "loaders": [
                        (
                            "django.template.loaders.locmem.Loader",
                            {
                                "registration/login.html": "{{ form.non_field_errors }}",
                                "404.html": "Our page for what is not there",
                                "409.html": "Our page: {{ error.detail }}",
                            },
                        )
                    ]
                },
            }
        ],
        "LOGIN_URL": "/accounts/login/",
        "LOGIN_REDIRECT_URL": "/greeting",
        "LOGOUT_REDIRECT_URL": "/greeting",
        "FREEHOLD_JOBS": False,
        "USE_TZ": True,
    }


@login_required
def me(request: HttpRequest) -> HttpResponse:
    return HttpResponse(acting(request).users.get("me").username)


@login_required
async def ame(request: HttpRequest) -> HttpResponse:
    platform = await aacting(request)
    user = await platform.users.get("me")
    document = b"".join([piece async for piece in await platform.users.export(user.id)])
    assert user.username.encode() in document
    return HttpResponse(user.username)


def greeting(request: Any) -> HttpResponse:
    actor = request.freehold.context.actor
    return HttpResponse(request.freehold.users.get("me").username if actor else "stranger")


def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse("nobody asked")


def django_user(request: Any) -> HttpResponse:
    return HttpResponse(request.user.get_username() or "nobody")


async def adjango_user(request: Any) -> HttpResponse:
    return HttpResponse((await request.auser()).get_username() or "nobody")


@access("project.read")
def invoices(request: HttpRequest, scope: Scope) -> HttpResponse:
    return JsonResponse({"organization": str(scope.organization_id), "role": scope.role})


@access("project.read")
async def ainvoices(request: HttpRequest, scope: Scope, year: int) -> HttpResponse:
    return JsonResponse({"organization": str(scope.organization_id), "role": scope.role, "year": year})


@method_decorator(access("project.delete", parameter="slug"), name="dispatch")
class Invoices(View):
    """A view that is a class."""

    def delete(self, request: HttpRequest, scope: Scope) -> HttpResponse:
        return HttpResponse(f"dropped for {scope.role}")


def create(request: Any) -> HttpResponse:
    return HttpResponse(str(request.freehold.organizations.create(NewOrganization(name="New")).id))


async def acreate(request: Any) -> HttpResponse:
    platform = await request.afreehold()
    return HttpResponse(str((await platform.organizations.create(NewOrganization(name="New"))).id))


def taken(request: HttpRequest) -> HttpResponse:
    raise SlugTaken


async def unwise(request: Any) -> HttpResponse:
    return HttpResponse(str(request.freehold.context.actor))


@access("project.read")
def misplaced(request: HttpRequest, scope: Scope) -> HttpResponseBase:
    raise AssertionError


def sign_in(request: HttpRequest) -> Any:
    from django.contrib.auth.views import LoginView

    from freehold.integrations.django.forms import SignInForm

    return LoginView.as_view(authentication_form=SignInForm)(request)


def sign_out(request: HttpRequest) -> Any:
    from django.contrib.auth.views import LogoutView

    return LogoutView.as_view()(request)


def check_only(request: HttpRequest) -> HttpResponse:
    from django.contrib.auth import authenticate

    user = authenticate(request, username=request.POST["username"], password=request.POST["password"])
    return HttpResponse("fits" if user else "does not fit")


organization_paths = [
    path("invoices", invoices),
    path("invoices/<int:year>", ainvoices),
]

urlpatterns = [
    path("me", me),
    path("ame", ame),
    path("greeting", greeting),
    path("plain", plain),
    path("user", django_user),
    path("auser", adjango_user),
    path("organizations/<organization>/", include(organization_paths)),
    path("by-id/<uuid:organization>/invoices", invoices),
    path("classes/<slug>/invoices", Invoices.as_view()),
    path("organizations", create),
    path("aorganizations", acreate),
    path("taken", taken),
    path("unwise", unwise),
    path("misplaced", misplaced),
    path("accounts/login/", sign_in),
    path("accounts/logout/", sign_out),
    path("check", check_only),
]
