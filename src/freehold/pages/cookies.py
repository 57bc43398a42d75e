"""The cookie of a session: the same token and the same row as everywhere, kept where no script can read it."""

from typing import Final
from urllib.parse import quote

from freehold.base.settings import Settings
from freehold.web.answers import Header
from freehold.web.requests import Request
from freehold.web.rooting import COOKIE_PATH

SECURE_NAME: Final = "__Host-freehold"
"""The prefix has browsers refuse it from any other host, a subdomain too, and without encryption."""
BELOW_PATH_NAME: Final = "__Secure-freehold"
"""For a server below a path of its host: browsers refuse the other one with a path."""
PLAIN_NAME: Final = "freehold"
"""For plain HTTP, as on one's own machine: browsers refuse the prefixes there."""
_ASIDE: Final = "-own"
POSITION_COOKIE: Final = "freehold-position"
"""Keeps the position of the last write, which is no secret; only where there are replicas."""
_SECONDS_A_DAY: Final = 86_400


def is_secure(request: Request, settings: Settings) -> bool:
    """Say whether browsers reach this server over HTTPS, perhaps by way of a proxy."""
    return request.scope.get("scheme") == "https" or settings.base_url.startswith("https:")


def token_of(request: Request, settings: Settings) -> str | None:
    """The token in the session's cookie, if there is one."""
    return request.cookie(_name(request, settings)) or None


def aside_of(request: Request, settings: Settings) -> str | None:
    """The token that was laid aside, if there is one."""
    return request.cookie(_name(request, settings) + _ASIDE) or None


def kept(request: Request, settings: Settings, token: str) -> Header:
    """Have the browser keep a token for as long as its session can last; the session may end before."""
    return _set(request, settings, token, round(settings.session_days * _SECONDS_A_DAY))


def dropped(request: Request, settings: Settings) -> Header:
    """Have the browser forget it."""
    return _set(request, settings, "", 0)


def laid_aside(request: Request, settings: Settings, token: str) -> Header:
    """Have the browser keep the token of an administrator's own session, while they act for a user with another."""
    return _set(request, settings, token, round(settings.session_days * _SECONDS_A_DAY), _ASIDE)


def taken_up(request: Request, settings: Settings) -> Header:
    """Have the browser forget what was laid aside."""
    return _set(request, settings, "", 0, _ASIDE)


def position_kept(request: Request, settings: Settings, position: str) -> Header:
    """Have the browser keep the position of its last write, for a day at most: replicas are far beyond it by then."""
    path, secure = quote(_path(request)), "; Secure" if is_secure(request, settings) else ""
    cookie = f"{POSITION_COOKIE}={position}; Path={path}; Max-Age={_SECONDS_A_DAY}; HttpOnly; SameSite=Lax{secure}"
    return (b"set-cookie", cookie.encode("ascii"))


def _set(request: Request, settings: Settings, value: str, seconds: int, suffix: str = "") -> Header:
    name, path = _name(request, settings), quote(_path(request))
    secure = "" if name == PLAIN_NAME else "; Secure"
    cookie = f"{name}{suffix}={value}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"
    return (b"set-cookie", cookie.encode("ascii"))


def _name(request: Request, settings: Settings) -> str:
    if not is_secure(request, settings):
        return PLAIN_NAME
    return SECURE_NAME if _path(request) == "/" else BELOW_PATH_NAME


def _path(request: Request) -> str:
    path: str = request.scope.get(COOKIE_PATH, "/")
    return path
