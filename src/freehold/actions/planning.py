"""Works out what a declaration changes of what is declared, without a database."""

from collections.abc import Iterable, Mapping

import msgspec

from freehold.actions.errors import ActionChanged, ActionTaken, TooManyActions
from freehold.actions.queries import DeclaredRow
from freehold.actions.types import ActionDeclaration, NewAction
from freehold.data.own_actions import MOST_OWN_ACTIONS


class Plan(msgspec.Struct, frozen=True):
    """What is to be written: actions that are new or changed, and those that the application is to be noted with."""

    put: tuple[NewAction, ...] = ()
    note: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether all is as it was declared."""
        return not (self.put or self.note)


def plan(stored: Iterable[DeclaredRow], declaration: ActionDeclaration) -> Plan:
    """Say what a declaration changes.

    Raises:
        ActionTaken: another application declared an action for other roles.
        ActionChanged: the same application did, in this revision.
        TooManyActions: there would be more than there can be.
    """
    rows = {row.name: row for row in stored}
    application, revision = declaration.application, declaration.revision
    revisions = {name: _revisions(row).get(application) for name, row in rows.items()}
    latest = max((found for found in revisions.values() if found is not None), default=0)
    if revision < latest:
        return Plan()
    put = tuple(
        new for new in declaration.actions if _is_new(rows, new, application, revisions.get(new.name), revision)
    )
    if len(rows) + sum(new.name not in rows for new in put) > MOST_OWN_ACTIONS:
        raise TooManyActions
    return Plan(put, tuple(new.name for new in declaration.actions if revisions.get(new.name) != revision))


def _is_new(
    rows: Mapping[str, DeclaredRow], new: NewAction, application: str, before: int | None, revision: int
) -> bool:
    """Say whether an action is to be stored, new or changed."""
    row = rows.get(new.name)
    if row is None:
        return True
    others = [each for each in row.applications if each != application]
    if row.lowest_role != new.lowest_role:
        if others:
            raise ActionTaken(
                f"{', '.join(others)} declared {new.name} for {row.lowest_role} and above, {application} declares it "
                f"for {new.lowest_role} and above: declare it for the same roles, or choose another name"
            )
        if before == revision:
            raise ActionChanged(
                f"{application} declared {new.name} for {row.lowest_role} and above in revision {revision} already, "
                f"and now for {new.lowest_role} and above: raise the revision of the declaration"
            )
        return True
    # What is said of an action belongs to the only one who uses it.
    return row.description != new.description and not others and before != revision


def _revisions(row: DeclaredRow) -> dict[str, int]:
    return dict(zip(row.applications, row.revisions, strict=True))
