"""docs/reference/http-api.md says what the HTTP edge does."""

import re
from pathlib import Path

from freehold.serve import stopping
from freehold.web import arrivals, conditions, edge, openapi, problems, requests

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "http-api.md").read_text("utf-8")


def test_every_status_is_documented() -> None:
    documented = {int(status) for status in re.findall(r"^\| (\d{3}) \|", PAGE, re.MULTILINE)}
    assert documented == set(problems.STATUS.values())


def test_every_header_is_documented() -> None:
    for name in [*openapi.HEADERS, "If-Match", "If-None-Match"]:
        assert f"| `{name}" in PAGE, name
    for header in edge.SECURITY:
        assert f"`{b': '.join(header).decode()}`".lower() in PAGE.lower(), header


def test_limits_are_documented() -> None:
    for limit in (
        f"{requests.MOST_BODY_BYTES:,} bytes",
        f"within {arrivals.BODY_SECONDS:.0f} seconds",
        f"at most {conditions.MOST_TAGS}",
        f"(at most {problems.MOST_ERRORS})",
        f"at most {stopping.STOP_SECONDS} seconds",
    ):
        assert limit in PAGE, limit
