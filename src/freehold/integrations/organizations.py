"""Reads the organization that a path of an application names."""

from contextlib import suppress
from typing import Any, Final
from uuid import UUID

from freehold.access import OrganizationRef
from freehold.base.errors import Invalid
from freehold.web.references import reference_reader

_read: Final = reference_reader(OrganizationRef)


def named(parameters: Any, parameter: str, written: str) -> Any:
    """Return what a path has for a parameter.

    Args:
        parameters: those of the path.
        parameter: its name.
        written: how a path has it, for whoever forgot it.

    Raises:
        LookupError: the path has no such parameter.
    """
    if parameter not in parameters:
        raise LookupError(f"The path has no parameter '{parameter}': write {written} into it, or name another")
    return parameters[parameter]


def organization_of(given: Any, parameter: str) -> OrganizationRef:
    """Return the organization that a parameter of a path names.

    Raises:
        Invalid: ``invalid``: it is neither a slug nor a UUID.
    """
    if isinstance(given, UUID):
        return given
    problems: list[Any] = []
    found: OrganizationRef = _read(given, f"/{parameter}", problems)
    if problems:
        raise Invalid(problems)
    return found


def organization_or_none(given: Any) -> OrganizationRef | None:
    """Return the organization that a parameter names, or None where it is neither a slug nor a UUID."""
    with suppress(Invalid):
        return organization_of(given, "organization")
    return None
