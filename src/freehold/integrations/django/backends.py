"""Signs people in to Django with their password of Freehold."""

from typing import Any, Final, cast

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.db.models import UUIDField
from django.http import HttpRequest

from freehold.base.errors import FreeholdError, Invalid, Unavailable
from freehold.integrations.django.acting import stranger
from freehold.integrations.django.opening import platform
from freehold.sessions.errors import WrongCredentials
from freehold.sessions.types import NewSession
from freehold.users.types import User

TOKEN: Final = "freehold_token"  # noqa: S105 - the name of an attribute
"""Where a user who gave the right password has the token of the session that this began."""
UNCLAIMED: Final = "freehold_unclaimed"
"""Where a request has the tokens of such sessions until somebody is signed in with them."""
REFUSAL: Final = "freehold_refusal"
"""Where a request has the error that kept somebody from signing in with the right password, or from trying on."""


class FreeholdBackend(ModelBackend):
    """Checks passwords by Freehold's rules. Permissions are Django's own.

    Whoever signs in for the first time gets a user of the project's model, which has Freehold's id: as primary key
    where that is a UUID, otherwise as username. So nobody who takes the name of somebody else later gets their account.
    ``login`` begins a session of Freehold's with Django's, and each request asks whether that still goes on.

    To connect the users whom your project has already, override ``get_or_create_user`` and ``freehold_id_of``.
    """

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> AbstractBaseUser | None:
        """Return the user with a login (their username or e-mail address at Freehold) and a password.

        Returns:
            None when the login or the password is wrong, so that other backends are asked.

        Raises:
            PermissionDenied: the account is suspended, must be confirmed first, or too many attempts have failed. No
                other backend is asked, and ``request.freehold_refusal`` says why.
            Unavailable: ``unavailable``: the database cannot be reached.
        """
        login = username or kwargs.get(_model().USERNAME_FIELD)
        if login is None or password is None:
            return None
        try:
            signed_in = stranger(request).sessions.create(NewSession(login=login, password=password))
        except (WrongCredentials, Invalid):
            return None
        except Unavailable:
            raise
        except FreeholdError as error:
            if request is not None:
                setattr(request, REFUSAL, error)
            raise PermissionDenied(error.detail) from error
        user = self.get_or_create_user(signed_in.user)
        unclaimed: set[str] | None = getattr(request, UNCLAIMED, None)
        if unclaimed is None:  # nobody would end the session that a check alone has begun
            end_session(signed_in.token)
        else:
            unclaimed.add(signed_in.token)
            setattr(user, TOKEN, signed_in.token)
        return user if self.user_can_authenticate(user) else None

    async def aauthenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> AbstractBaseUser | None:
        """Do the same in an async view."""
        check = sync_to_async(self.authenticate, thread_sensitive=True)
        return await check(request, username=username, password=password, **kwargs)

    def get_or_create_user(self, user: User) -> AbstractBaseUser:
        """Return the project's user for a user of Freehold, with the address and the name that they have now."""
        model = _model()
        fields = {field.name for field in model._meta.get_fields()}
        profile = user.profile
        known = {"email": user.email, "first_name": profile.first_name or "", "last_name": profile.last_name or ""}
        defaults = {name: value for name, value in known.items() if name in fields and name != model.USERNAME_FIELD}
        if _has_uuids(model):
            key: dict[str, Any] = {"pk": user.id}
            defaults.setdefault(model.USERNAME_FIELD, getattr(user, model.USERNAME_FIELD, None) or str(user.id))
        else:
            key = {model.USERNAME_FIELD: str(user.id)}
        found, is_new = model._default_manager.update_or_create(**key, defaults=defaults)
        if is_new:
            found.set_unusable_password()
            found.save(update_fields=["password"])
        return cast("AbstractBaseUser", found)

    def freehold_id_of(self, user: AbstractBaseUser) -> str:
        """Return the id of the user of Freehold for whom a user of the project stands."""
        return str(user.pk) if _has_uuids(user) else user.get_username()


def end_session(token: str) -> None:
    """End the session with this token."""
    platform().authenticate(token).sessions.end("current")


def _model() -> Any:
    """Return the project's model of users, of which only Django knows what it has."""
    return get_user_model()


def _has_uuids(model: Any) -> bool:
    return isinstance(model._meta.pk, UUIDField)
