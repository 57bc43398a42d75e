"""Settings. The database is named by the variables of every program of PostgreSQL: PGHOST, PGDATABASE and so on."""

import os
from pathlib import Path

from freehold import ActionDeclaration, NewAction, Role

BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost 127.0.0.1").split()
ROOT_URLCONF = "project.urls"
WSGI_APPLICATION = "project.wsgi.application"
ASGI_APPLICATION = "project.asgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "freehold.integrations.django",
    "invoices",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "freehold.integrations.django.middleware.FreeholdMiddleware",
]
AUTHENTICATION_BACKENDS = ["freehold.integrations.django.backends.FreeholdBackend"]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ.get("PGDATABASE", "invoices"),
        "USER": os.environ.get("PGUSER", ""),
        "PASSWORD": os.environ.get("PGPASSWORD", ""),
        "HOST": os.environ.get("PGHOST", ""),
        "PORT": os.environ.get("PGPORT", ""),
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
USE_TZ = True

LOGIN_REDIRECT_URL = "/"
FREEHOLD = {"backups_dir": BASE_DIR / "freehold-backups"}
FREEHOLD_ACTIONS = ActionDeclaration(
    application="invoices",
    actions=(
        NewAction(name="invoice.read", roles=(Role.MEMBER,), description="See invoices"),
        NewAction(name="invoice.create", roles=(Role.MEMBER,), description="Write invoices"),
    ),
)
