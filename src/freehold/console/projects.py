"""The projects of an organization."""

from typing import Any, Final

from freehold.console.frame import Place, id_in, organization_in, place_of, require_typed, show, typed_words
from freehold.pages.calls import Call, with_query
from freehold.pages.declaring import Pages
from freehold.pages.visit import Visit
from freehold.projects import operations
from freehold.projects.types import (
    NewProject,
    Project,
    ProjectPatch,
    ProjectsPageRequest,
)
from freehold.web.answers import Answer

projects = Pages(__package__)

_FILTERS: Final = ("q", "visibility", "feature", "sort")
_FIELDS: Final = ("name", "description", "visibility", "features")
DONE: Final = {
    "created": "The organization is ready. Create its first project, or invite others.",
    "project-deleted": "The project is deleted.",
    "renamed": "Saved.",
}
_CHANGED: Final = {"saved": "Saved.", "project-created": "The project is ready."}


@projects.shows("/organizations/{organization}", for_user=True)
async def show_projects(visit: Visit) -> Answer:
    """List the projects, newest first, or those that a filter finds."""
    place = await place_of(visit)
    request = visit.filtered(ProjectsPageRequest, *_FILTERS, "cursor")
    listed = await operations.list_all(visit.context, place.organization.id, request)
    kept = visit.only(_FILTERS)
    return await show(
        visit,
        "projects.html",
        "Projects",
        current="projects",
        place=place,
        listed=listed,
        is_narrowed=bool(kept),
        kept=_FILTERS,
        done=DONE,
        calls=[Call("List projects", "GET", with_query(f"{place.api}/projects", **kept)), _creation(place, {})],
    )


def _creation(place: Place, body: dict[str, Any]) -> Call:
    return Call("Create a project", "POST", f"{place.api}/projects", body or {"name": "Rocket"})


@projects.shows("/organizations/{organization}/projects/new", for_user=True)
async def show_new_project(visit: Visit) -> Answer:
    """Ask for what a new project needs."""
    place = await place_of(visit)
    typed = {name: visit.form[name] for name in ("name", "description") if visit.form.get(name)}
    return await show(
        visit,
        "new_project.html",
        "Create a project",
        current="projects",
        place=place,
        fields=_FIELDS,
        calls=[_creation(place, typed)],
    )


@projects.acts("/organizations/{organization}/projects/new")
async def create_project(visit: Visit) -> Answer:
    """Make it, and go there."""
    new = visit.read(NewProject, "name", "description", settings=_settings(visit))
    made = await operations.create(visit.context, organization_in(visit), new)
    return visit.go(f"/organizations/{visit.parts[0]}/projects/{made.id}?done=project-created")


def _settings(visit: Visit) -> dict[str, Any]:
    return {"visibility": visit.form.get("visibility") or "private", "features": typed_words(visit, "features")}


@projects.shows("/organizations/{organization}/projects/{project}", for_user=True)
async def show_project(visit: Visit) -> Answer:
    """Show a project, and its settings to who may change them."""
    place = await place_of(visit)
    project = await operations.get(visit.context, place.organization.id, id_in(visit.parts[1]))
    path = f"{place.api}/projects/{project.id}"
    change = {"settings": {"visibility": project.settings.visibility, "features": list(project.settings.features)}}
    return await show(
        visit,
        "project.html",
        project.name,
        current="projects",
        place=place,
        project=project,
        fields=(*_FIELDS, "typed_name"),
        done=_CHANGED,
        calls=[
            Call("Read it", "GET", path),
            *([Call("Change it", "PATCH", path, dict(change))] if place.may("project.update") else []),
            *([Call("Delete it", "DELETE", path)] if place.may("project.delete") else []),
        ],
    )


@projects.acts("/organizations/{organization}/projects/{project}")
async def change_project(visit: Visit) -> Answer:
    """Save its settings, or delete it."""
    where, project_id = organization_in(visit), id_in(visit.parts[1])
    if visit.form.get("do") == "delete":
        project = await operations.get(visit.context, where, project_id)
        require_typed(visit, project.name)
        await operations.delete(visit.context, where, project_id)
        return visit.go(f"/organizations/{visit.parts[0]}?done=project-deleted")
    patch = visit.read(
        ProjectPatch,
        name=visit.form.get("name", ""),
        description=visit.form.get("description", ""),
        settings=_settings(visit),
    )
    saved: Project = await operations.update(visit.context, where, project_id, patch)
    return visit.go(f"/organizations/{visit.parts[0]}/projects/{saved.id}?done=saved")
