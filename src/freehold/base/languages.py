"""Which language somebody reads, as their browser says."""

from collections.abc import Collection

from freehold.base.scalars import LOCALE

_MOST_TAGS = 20


def preferred(header: str | None, known: Collection[str]) -> str | None:
    """Read ``Accept-Language`` (RFC 9110): the language that somebody likes best of those known, or else best of all.

    Args:
        header: such as ``de-AT,de;q=0.9,en;q=0.5``; None where there is none.
        known: languages that there are texts in, such as ``en`` and ``de``.

    Returns:
        A language tag such as ``de-AT``; None when the header names none.
    """
    tags: list[tuple[float, int, str]] = []
    for place, part in enumerate((header or "").split(",")[:_MOST_TAGS]):
        name, *parameters = (each.strip() for each in part.split(";"))
        weight = _weight(parameters)
        try:
            tags.append((-weight, place, LOCALE.check(name)))
        except ValueError:
            continue
    liked = [tag for weight, _, tag in sorted(tags) if weight < 0]
    return next((tag for tag in liked if tag in known or tag.partition("-")[0] in known), liked[0] if liked else None)


def _weight(parameters: list[str]) -> float:
    for each in parameters:
        name, _, value = each.partition("=")
        if name.strip().lower() == "q":
            try:
                return min(1.0, max(0.0, float(value)))
            except ValueError:
                return 0.0
    return 1.0
