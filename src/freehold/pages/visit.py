"""One visit of a page: who comes, what they typed, what is wrong with it, and what they are shown."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from freehold.base.addresses import is_from
from freehold.base.errors import FreeholdError, Invalid
from freehold.base.new_passwords import new_passwords_keep
from freehold.base.settings import Settings
from freehold.base.validation import Input, parse
from freehold.data.context import Context
from freehold.pages import cookies
from freehold.pages.calls import with_query
from freehold.pages.returning import safe_return
from freehold.web.answers import NOT_STORED, Answer, Header
from freehold.web.presenting import own_path, root_of
from freehold.web.requests import Query, Request, read_query

if TYPE_CHECKING:
    from freehold.pages.rendering import Look

InputT = TypeVar("InputT", bound=Input)

HTML: Final[Header] = (b"content-type", b"text/html; charset=utf-8")
SAME_ORIGIN: Final[Header] = (b"referrer-policy", b"same-origin")
"""Without a referrer browsers would send forms without their origin, too; to other sites none is sent."""
RETURN_TO: Final = "return_to"
_SEE_OTHER = 303


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with a form: of single fields, and of the whole."""

    status: int
    code: str
    fields: Mapping[str, str] = {}
    message: str | None = None


class Visit:
    """What a page's handler gets.

    Attributes:
        context: with who asks, for operations.
        parts: the values of the path's ``{names}``, in their order.
        form: what was typed; empty unless a form was sent.
        trouble: what was wrong with it, when the page is shown again.
    """

    def __init__(self, request: Request, context: Context, look: "Look", package: str, parts: list[str]) -> None:
        self.request = request
        self.context = context
        self.parts = parts
        self.query: Query = read_query(request.scope["query_string"])
        self.form: Mapping[str, str] = {}
        self.trouble: Trouble | None = None
        self._look = look
        self._package = package

    @property
    def settings(self) -> Settings:
        """Those of this server."""
        return self.context.tools.settings

    @property
    def is_signed_in(self) -> bool:
        """Whether somebody is."""
        return self.context.actor is not None

    @property
    def is_acting(self) -> bool:
        """Whether an administrator acts for the one who is signed in."""
        return self.context.actor is not None and self.context.actor.acting_admin_id is not None

    @property
    def return_to(self) -> str | None:
        """Where to go afterwards, if the page was opened with that and it is allowed."""
        return safe_return(self.form.get(RETURN_TO) or self.query.get(RETURN_TO), self.settings)

    def given(self, name: str) -> str:
        """What was typed into a field, or came with the link; "" for nothing."""
        return self.form.get(name, self.query.get(name, ""))

    @property
    def path(self) -> str:
        """The page's own path, as it was asked for."""
        scope = self.request.scope
        return own_path(scope).removeprefix(root_of(scope))

    @property
    def server(self) -> str:
        """The address of this server, as somebody elsewhere writes it: the public one, or the one that was used."""
        if self.settings.public_url:
            return self.settings.base_url
        host = self.request.headers.get(b"host", b"").decode("latin-1")
        scope = self.request.scope
        return f"{scope.get('scheme', 'http')}://{host}{root_of(scope)}" if host else self.settings.base_url

    def picture(self, address: str | None) -> str | None:
        """Return the address of somebody's picture if the operator lets pages show it, else None."""
        return address if address is not None and is_from(address, self.settings.shown_origins) else None

    def only(self, names: Iterable[str]) -> dict[str, str]:
        """Fields of the query string, such as the filters that the next page of a list keeps."""
        return {name: self.query[name] for name in names if self.query.get(name)}

    def filtered(self, kind: type[InputT], *names: str) -> InputT:
        """Read fields of the query string as what an operation takes; a field that is empty is not given.

        Raises:
            Invalid: naming every field that is not right.
        """
        return parse(kind, self.only(names), text=True)

    def read(self, kind: type[InputT], *names: str, **other: Any) -> InputT:
        """Read fields of the form as what an operation takes. A field that was left empty is not given.

        Args:
            kind: what the operation takes.
            names: the fields.
            other: what does not come from the form.

        Raises:
            Invalid: naming every field that is missing or not right.
        """
        given = {name: value for name in names if (value := self.form.get(name, "")) != ""}
        with new_passwords_keep(self.settings.password_rule):
            return parse(kind, {**given, **other})

    @property
    def password_hint(self) -> str:
        """What a new password needs, in words below its field."""
        return self.settings.password_rule.says.removeprefix("must have ")

    def at(self, path: str, **query: str | None) -> str:
        """Write the address of a page, wherever the application is mounted."""
        return root_of(self.request.scope) + with_query(path, **query)

    def show(self, template: str, title: str, **values: Any) -> Answer:
        """Show a page, with the status of what was wrong if anything was."""
        html = self._look.render(f"{self._package}/{template}", visit=self, title=title, **values)
        status = self.trouble.status if self.trouble else 200
        return Answer(status, (HTML, NOT_STORED, SAME_ORIGIN, self._look.policy), html.encode("utf-8"))

    def go(self, address: str, *headers: Header) -> Answer:
        """Send the browser on: to a path of this server, or to where ``return_to`` leads."""
        location = self.at(address) if address.startswith("/") else address
        return Answer(_SEE_OTHER, (NOT_STORED, SAME_ORIGIN, (b"location", location.encode("ascii")), *headers))

    def keep(self, token: str) -> Header:
        """Have the browser keep a session."""
        return cookies.kept(self.request, self.settings, token)

    def drop(self) -> Header:
        """Have the browser forget its session."""
        return cookies.dropped(self.request, self.settings)

    def act_as(self, token: str) -> tuple[Header, ...]:
        """Have the browser use the session of somebody whom the visitor acts for, and keep their own for later."""
        own = cookies.token_of(self.request, self.settings)
        aside = () if own is None else (cookies.laid_aside(self.request, self.settings, own),)
        return (*aside, self.keep(token))

    def be_oneself(self) -> tuple[Header, ...]:
        """Have the browser use the visitor's own session again; nothing if none was laid aside."""
        own = cookies.aside_of(self.request, self.settings)
        return () if own is None else (self.keep(own), cookies.taken_up(self.request, self.settings))

    def note(self, error: FreeholdError, status: int, fields: Mapping[type[FreeholdError], str]) -> None:
        """Note what is wrong with the form, to be shown beside the fields."""
        self.trouble = trouble_of(error, status, fields)


def trouble_of(error: FreeholdError, status: int, fields: Mapping[type[FreeholdError], str]) -> Trouble:
    """Say what is wrong in the words of the error, beside the field where it belongs."""
    if isinstance(error, Invalid):
        told = {_field(each.pointer): _sentence(each.detail, each.code) for each in error.errors}
        return Trouble(status=status, code=error.code, fields=told)
    field = next((name for kind, name in fields.items() if isinstance(error, kind)), None)
    if field is not None:
        return Trouble(status=status, code=error.code, fields={field: error.detail})
    return Trouble(status=status, code=error.code, message=error.detail)


def _field(pointer: str) -> str:
    """Name the field of a form that a pointer is about; an entry of a list is typed into the field of the list."""
    return next((part for part in reversed(pointer.split("/")) if not part.isdigit()), "")


def _sentence(detail: str, code: str) -> str:
    text = "Fill this in" if code == "missing" else detail
    return f"{text[:1].upper()}{text[1:]}"
