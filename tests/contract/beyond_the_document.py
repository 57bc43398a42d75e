"""Tells schemathesis which refusals no OpenAPI document can foretell; it loads this module by SCHEMATHESIS_HOOKS."""

import json
import re
from typing import Any, Final

import schemathesis
from schemathesis.openapi.checks import RejectedPositiveData

from freehold.web.openapi import CONDITIONS

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
BEYOND: Final = ("\\u0000", "too many")
"""NUL, which PostgreSQL cannot store; an address longer than a mail server takes, though none of its parts is."""

_IF_MATCH: Final = re.compile(CONDITIONS["If-Match"]["schema"]["pattern"])


@schemathesis.hook
def filter_failure(_context: object, failure: object, case: Any, response: Any) -> bool:
    """Keep a failure unless it is such a refusal, of every field that is refused."""
    if not isinstance(failure, RejectedPositiveData):
        return True
    if {None, "None"} & set((case.path_parameters or {}).values()):
        return False  # a link took an organization_id that is null
    problem = json.loads(response.content)
    if problem["code"] == "malformed" and not _IF_MATCH.fullmatch((case.headers or {}).get("If-Match", "*")):
        return False  # the document has the pattern; schemathesis does not keep to one in a header
    fields = [
        error
        for error in problem.get("errors", [])
        if not any(part in error["detail"] for part in BEYOND) and error["pointer"] != "/expires_at"  # past, by now
    ]
    codes = {problem["code"], *(error["code"] for error in fields)} - ({"invalid"} if problem.get("errors") else set())
    return not codes <= CODES
