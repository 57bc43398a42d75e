"""The histories in ``corpus/``: each in the manner of one tool, and the SQL that the tool itself would run.

What the tool would run is cut out here in the plainest way that does for these files, so that it can speak against the
import.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

CORPUS = Path(__file__).with_name("corpus")
FLYWAY_ORDER = "V1__ V1_1__ V1.2__ V2__ V2.1__ V2_1_1__ V3__ V3.0.1__ V4__ V10__ R__a R__customer".split()


class History(NamedTuple):
    """A history of another tool.

    Attributes:
        framework: what ``import --from`` takes.
        scripts: the ways up as psql can run them, in order.
        values: of placeholders.
        walls: the names of files that have no way back.
        findings: name and rule of all that a rehearsal may find: what these files really do to rows of users.
    """

    framework: str
    scripts: Callable[[Path], list[str]]
    values: Mapping[str, str] = {}
    walls: tuple[str, ...] = ()
    findings: frozenset[tuple[str, str]] = frozenset()


def _texts(folder: Path, pattern: str) -> list[str]:
    return [path.read_bytes().decode() for path in sorted(folder.glob(pattern))]


def _goose(folder: Path) -> list[str]:
    ups = [text.partition("-- +goose Down")[0] for text in _texts(folder, "*.sql")]
    ups = [re.sub(r"(?m)^-- \+goose StatementEnd", ";", up) for up in ups]
    return [re.sub(r"(?s)ENVSUB ON.*?ENVSUB OFF", lambda match: _robot(match[0]), up) for up in ups]


def _robot(text: str) -> str:
    return (
        text.replace("ENVSUB", "")
        .replace("${ROBOT}", "r2d2")
        .replace("${ROBOT:-robot}", "r2d2")
        .replace("$ROBOT", "r2d2")
    )


def _flyway(folder: Path) -> list[str]:
    paths = {path.name: path for path in folder.rglob("*.sql")}
    chosen = [next(path for name, path in paths.items() if name.startswith(prefix)) for prefix in FLYWAY_ORDER]
    return [path.read_text("utf-8").replace("${schema}", "shop") for path in chosen]


def _dbmate(folder: Path) -> list[str]:
    return [text.partition("-- migrate:down")[0] for text in _texts(folder, "*.sql")]


HISTORIES: Mapping[str, History] = {
    "goose_blog": History(
        "goose",
        _goose,
        {"ROBOT": "r2d2"},
        walls=("archived_1", "archived_2"),
        findings=frozenset(
            {
                ("first_people", "down-fails-after-writes"),  # posts of users by the people that go
                ("slugs_backfill", "down-loses-data"),  # slugs that users gave
            }
        ),
    ),
    "flyway_shop": History(
        "flyway",
        _flyway,
        {"schema": "shop"},
        walls=("stock_comment", "drop_note", "a_grants", "customer_overview"),
        findings=frozenset({("orders_seed", "down-loses-data")}),  # orders of users
    ),
    "golang_migrate_tickets": History(
        "golang-migrate",
        lambda folder: _texts(folder, "*.up.sql"),
        walls=("urgent",),
        findings=frozenset(
            {
                ("seed", "down-loses-data"),  # who was assigned, with the people that go
                ("do_block", "down-loses-data"),  # tickets of users with such a number
                ("longer_subjects", "down-fails-after-writes"),
            }
        ),
    ),
    "dbmate_metrics": History(
        "dbmate",
        _dbmate,
        walls=("visits_site_validated",),
        findings=frozenset(
            {
                ("fill", "down-fails-after-writes"),  # other events of the sites that go
                ("weights", "down-loses-data"),  # a weight of 2 that a user gave
            }
        ),
    ),
    "diesel_iot": History("diesel", lambda folder: _texts(folder, "*/up.sql"), walls=("humidity",)),
}
