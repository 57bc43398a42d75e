"""Lets Django make its tables and the users that standard input lists; USER_MODEL and USE_TZ are as in its settings."""

import json
import os
import sys

import django
from django.conf import settings
from django.core.management import call_command

settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": os.environ["PGDATABASE"]}},
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "accounts"],
    AUTH_USER_MODEL=os.environ["USER_MODEL"],
    USE_TZ=os.environ["USE_TZ"] == "yes",
    TIME_ZONE="UTC",
)
django.setup()
call_command("makemigrations", "accounts", verbosity=0)
call_command("migrate", verbosity=0)

from django.contrib.auth import get_user_model
from django.test.utils import override_settings

users = get_user_model().objects
for person in json.load(sys.stdin):
    hasher, create = person.pop("hasher", "PBKDF2PasswordHasher"), person.pop("create", "create_user")
    with override_settings(PASSWORD_HASHERS=[f"django.contrib.auth.hashers.{hasher}"]):
        getattr(users, create)(**person)
