"""What went wrong, as Django answers it: problem answers to programs, the project's own pages to people."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template import TemplateDoesNotExist, loader

from freehold.base.errors import Forbidden, FreeholdError, Missing, Unauthenticated
from freehold.integrations.django.acting import request_of
from freehold.web.origins import SAFE
from freehold.web.problems import answer_to, status_of

_FAULT = 500


def answered(request: HttpRequest, error: FreeholdError) -> HttpResponseBase:
    """Answer a request that an error ended.

    A program gets the problem answer of the API. For a person's browser, ``Missing`` is the project's page for 404,
    ``Forbidden`` that for 403, and ``Unauthenticated`` leads to ``LOGIN_URL``. Any other status has the page of the
    project's template of that name, such as ``503.html``, or a line of text.

    Raises:
        Http404, PermissionDenied: for those two pages.
    """
    if not _is_read_by_people(request):
        return _problem(request, error)
    if isinstance(error, Missing):
        raise Http404(error.detail) from error
    if isinstance(error, Forbidden):
        raise PermissionDenied(error.detail) from error
    if isinstance(error, Unauthenticated) and request.method in SAFE:
        from django.contrib.auth.views import redirect_to_login  # noqa: PLC0415 - applications load before models do

        return redirect_to_login(request.get_full_path())
    problem = _problem(request, error)
    status = problem.status_code
    try:
        page = loader.render_to_string(f"{status}.html", {"error": error}, request)
        problem.content, problem.headers["Content-Type"] = page.encode(), "text/html; charset=utf-8"
    except TemplateDoesNotExist:
        problem.content, problem.headers["Content-Type"] = error.detail.encode(), "text/plain; charset=utf-8"
    return problem


def is_fault(error: FreeholdError) -> bool:
    """Say whether an error is a fault of the program, which is Django's to tell of."""
    return status_of(type(error)) == _FAULT


def _problem(request: HttpRequest, error: FreeholdError) -> HttpResponse:
    own = request_of(request)
    answer = answer_to(error, own.id)
    response = HttpResponse(answer.body, status=answer.status)
    for name, value in answer.headers:
        response.headers[name.decode("ascii").title()] = value.decode("latin-1")
    response.headers["X-Request-Id"] = own.id
    return response


def _is_read_by_people(request: HttpRequest) -> bool:
    return "text/html" in request.headers.get("Accept", "") and "Authorization" not in request.headers
