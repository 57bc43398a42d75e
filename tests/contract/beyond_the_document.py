"""Tells schemathesis which refusals no OpenAPI document can foretell; it loads this module by SCHEMATHESIS_HOOKS."""

import json
from typing import Any, Final

import schemathesis
from schemathesis.openapi.checks import RejectedPositiveData

CODES: Final = frozenset(
    {
        "already_invited",
        "beyond_api_keys",  # a rule on two fields, and on words that are actions all the same
        "common_password",
        "idempotency_key_reused",
        "invalid_cursor",  # signed
        "invalid_password",  # its classes of letters are no pattern that all tools can read
        "invalid_time",  # beyond the years that a server can reckon with, or an expiry in the past
        "invalid_token",
        "no_such_project",
        "stale",
        "unknown_role",
        "wrong_password",
    }
)
"""What depends on what was stored before."""


@schemathesis.hook
def filter_failure(_context: object, failure: object, case: Any, response: Any) -> bool:
    """Keep a failure unless it is such a refusal, of every field that is refused."""
    if not isinstance(failure, RejectedPositiveData) or "None" in (case.path_parameters or {}).values():
        return not isinstance(failure, RejectedPositiveData)  # "None": a link took an organization_id that is null
    problem = json.loads(response.content)
    fields = [error for error in problem.get("errors", []) if "\\u0000" not in error["detail"]]  # NUL: PostgreSQL's
    codes = {problem["code"], *(error["code"] for error in fields)} - ({"invalid"} if problem.get("errors") else set())
    return not codes <= CODES
