"""A user of an application's own, as Django's documentation advises."""

from uuid import uuid4

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    id = models.UUIDField(primary_key=True, default=uuid4)
    nickname = models.CharField(max_length=50, blank=True)
