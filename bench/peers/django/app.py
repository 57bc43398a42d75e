"""Django and its REST framework, as their documentation teaches, on Freehold's tables; one file, settings included."""

import hashlib
import os
from typing import Any

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="only-for-measurements",  # noqa: S106 - signs nothing here
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=[__name__],
    ROOT_URLCONF=__name__,
    TIME_ZONE="UTC",
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": os.environ["BENCH_DATABASE"],
            "USER": os.environ["BENCH_USER"],
            "PASSWORD": os.environ["BENCH_PASSWORD"],
            "HOST": os.environ["BENCH_HOST"],
            "CONN_MAX_AGE": None,
        }
    },
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "UNAUTHENTICATED_USER": None,
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    },
)
django.setup()

from django.contrib.postgres.fields import ArrayField  # noqa: E402 - Django's parts are there once it is set up
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import models  # noqa: E402
from django.shortcuts import get_object_or_404  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils import timezone  # noqa: E402
from rest_framework import authentication, exceptions, generics, permissions, serializers  # noqa: E402
from rest_framework.pagination import CursorPagination  # noqa: E402


class User(models.Model):
    id = models.UUIDField(primary_key=True)
    username = models.CharField(max_length=50)
    email = models.EmailField(max_length=255)
    email_verified_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    first_name = models.CharField(max_length=100, null=True)  # noqa: DJ001 - the column may be NULL
    last_name = models.CharField(max_length=100, null=True)  # noqa: DJ001
    avatar_url = models.CharField(max_length=2048, null=True)  # noqa: DJ001
    suspended_at = models.DateTimeField(null=True)
    is_admin = models.BooleanField()
    locale = models.CharField(max_length=10, null=True)  # noqa: DJ001
    organizations = models.ManyToManyField("Organization", through="Member")
    is_authenticated = True

    class Meta:
        managed, db_table = False, "users"

    def __str__(self) -> str:
        return self.username


class EmailVerification(models.Model):
    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="verification")
    email = models.EmailField(max_length=255)

    class Meta:
        managed, db_table = False, "email_verifications"

    def __str__(self) -> str:
        return self.email


class Organization(models.Model):
    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=100)
    slug = models.CharField(max_length=100)
    owner_id = models.UUIDField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        managed, db_table, ordering = False, "organizations", ["-id"]

    def __str__(self) -> str:
        return self.slug


class Member(models.Model):
    pk = models.CompositePrimaryKey("organization_id", "user_id")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE)
    user = models.ForeignKey(User, on_delete=models.CASCADE)

    class Meta:
        managed, db_table = False, "organization_members"

    def __str__(self) -> str:
        return str(self.pk)


class Project(models.Model):
    id = models.UUIDField(primary_key=True)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE)
    name = models.CharField(max_length=100)
    description = models.TextField()
    visibility = models.CharField(max_length=20)
    features = ArrayField(models.CharField(max_length=64))
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        managed, db_table = False, "projects"

    def __str__(self) -> str:
        return self.name


class Session(models.Model):
    id = models.UUIDField(primary_key=True)
    token_hash = models.BinaryField()
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    expires_at = models.DateTimeField()

    class Meta:
        managed, db_table = False, "sessions"

    def __str__(self) -> str:
        return str(self.id)


class BearerAuthentication(authentication.BaseAuthentication):
    def authenticate(self, request: Any) -> tuple[User, Session]:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        digest = hashlib.sha256(token.encode()).digest()
        try:
            session = Session.objects.select_related("user__verification").get(
                token_hash=digest, expires_at__gt=timezone.now(), user__suspended_at=None
            )
        except Session.DoesNotExist:
            raise exceptions.AuthenticationFailed(scheme) from None
        return session.user, session


class ProfileSerializer(serializers.ModelSerializer):
    class Meta:
        model, fields = User, ["first_name", "last_name", "avatar_url"]


class OrganizationSerializer(serializers.ModelSerializer):
    class Meta:
        model, fields = Organization, ["id", "name", "slug", "owner_id", "created_at", "updated_at"]


class UserSerializer(serializers.ModelSerializer):
    email_verified = serializers.SerializerMethodField()
    state = serializers.SerializerMethodField()
    new_email = serializers.SerializerMethodField()
    profile = ProfileSerializer(source="*")
    organizations = OrganizationSerializer(many=True)

    class Meta:
        model = User
        fields = (
            *("id", "username", "email", "email_verified", "state", "created_at", "updated_at"),
            *("profile", "new_email", "is_admin", "locale", "organizations"),
        )

    def get_email_verified(self, user: User) -> bool:
        return user.email_verified_at is not None

    def get_state(self, user: User) -> str:
        return "active" if user.suspended_at is None else "suspended"

    def get_new_email(self, user: User) -> str | None:
        verification = getattr(user, "verification", None)
        return verification.email if verification and verification.email != user.email else None


class SettingsSerializer(serializers.ModelSerializer):
    class Meta:
        model, fields = Project, ["visibility", "features"]


class ProjectSerializer(serializers.ModelSerializer):
    organization_id = serializers.UUIDField()
    settings = SettingsSerializer(source="*")

    class Meta:
        model = Project
        fields = ("id", "name", "organization_id", "description", "settings", "created_at", "updated_at")


class NewestFirst(CursorPagination):
    page_size, ordering = 20, ("-created_at", "-id")


class Me(generics.RetrieveAPIView):
    authentication_classes = (BearerAuthentication,)
    permission_classes = (permissions.IsAuthenticated,)
    serializer_class = UserSerializer

    def get_object(self) -> User:
        return self.request.user


class Projects(generics.ListAPIView):
    authentication_classes = (BearerAuthentication,)
    permission_classes = (permissions.IsAuthenticated,)
    serializer_class = ProjectSerializer
    pagination_class = NewestFirst

    def get_queryset(self) -> "models.QuerySet[Project]":
        wanted = self.kwargs["organization_id"]
        get_object_or_404(Member, organization_id=wanted, user_id=self.request.user.id)
        return Project.objects.filter(organization_id=wanted)


urlpatterns = [
    path("v1/users/me", Me.as_view()),
    path("v1/organizations/<uuid:organization_id>/projects", Projects.as_view()),
]
application = get_wsgi_application()
