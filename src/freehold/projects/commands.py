"""`freehold projects`."""

from typing import get_args

import click
from msgspec.structs import asdict

from freehold.base.scalars import Visibility
from freehold.base.validation import parse
from freehold.data.context import Context
from freehold.data.paging import Page, PageRequest
from freehold.projects import operations
from freehold.projects.types import NewProject, Project, ProjectPatch, ProjectsPageRequest
from freehold.terminal.declare import Fetch, changes, lists, shows
from freehold.terminal.objects import metadata_options, read_metadata
from freehold.terminal.references import organization_reference, read_id


@click.group()
def projects() -> None:
    """Create, list, show, update and delete projects."""


@projects.command()
@click.argument("organization")
@click.argument("name")
@click.option("--description", default="", help="Description of the project.")
@click.option("--public", is_flag=True, help="Let anyone view the project; by default, only members can.")
@click.option("--feature", "features", multiple=True, metavar="FEATURE", help="A feature to turn on. Repeatable.")
@metadata_options("public_metadata", "private_metadata")
@shows
async def create(
    context: Context,
    *,
    organization: str,
    name: str,
    description: str,
    public: bool,
    features: tuple[str, ...],
    **kept: str | None,
) -> Project:
    """Create a project in an organization (a slug or an id)."""
    settings = {"visibility": "public" if public else "private", "features": list(features)}
    new = parse(NewProject, {"name": name, "description": description, "settings": settings, **read_metadata(kept)})
    return await operations.create(context, organization_reference(organization), new)


@projects.command("list")
@click.argument("organization")
@click.option("--q", metavar="TEXT", help="Only projects whose name begins with TEXT, in order of name.")
@click.option("--visibility", type=click.Choice(get_args(Visibility)), help="Only public projects, or private ones.")
@click.option("--feature", help="Only projects with this feature.")
@click.option("--sort", type=click.Choice(["newest", "oldest", "name"]), help="The order; by default, newest.")
@lists("id", "name", "settings.visibility", "created_at")
def list_all(context: Context, *, organization: str, **filters: str | None) -> Fetch[Project]:
    """List the projects of an organization (a slug or an id), newest first."""

    async def fetch(request: PageRequest) -> Page[Project]:
        wanted = parse(ProjectsPageRequest, {**asdict(request), **filters})
        return await operations.list_all(context, organization_reference(organization), wanted)

    return fetch


@projects.command()
@click.argument("organization")
@click.argument("project")
@shows
async def show(context: Context, *, organization: str, project: str) -> Project:
    """Show a project (an id) of an organization (a slug or an id)."""
    return await operations.get(context, organization_reference(organization), read_id(project, "/project"))


@projects.command()
@click.argument("organization")
@click.argument("project")
@click.option("--name", help="New name.")
@click.option("--description", help="What it is about.")
@click.option("--visibility", type=click.Choice(get_args(Visibility)), help="Who can view it: members, or anyone.")
@click.option("--feature", "features", multiple=True, metavar="FEATURE", help="Feature to switch on. Repeatable.")
@click.option("--no-features", is_flag=True, help="Switch all features off.")
@metadata_options("public_metadata", "private_metadata")
@shows
async def update(
    context: Context,
    *,
    organization: str,
    project: str,
    name: str | None,
    description: str | None,
    visibility: str | None,
    features: tuple[str, ...],
    no_features: bool,
    **kept: str | None,
) -> Project:
    """Update a project (an id). The given features replace all previous ones."""
    chosen = () if no_features else features or None
    given = changes(read_metadata(kept), name=name, description=description, visibility=visibility, features=chosen)
    settings = {field: given.pop(field) for field in ("visibility", "features") if field in given}
    patch = parse(ProjectPatch, {**given, **({"settings": settings} if settings else {})})
    reference = organization_reference(organization)
    return await operations.update(context, reference, read_id(project, "/project"), patch)


@projects.command()
@click.argument("organization")
@click.argument("project")
@shows
async def delete(context: Context, *, organization: str, project: str) -> None:
    """Delete a project (an id) forever."""
    await operations.delete(context, organization_reference(organization), read_id(project, "/project"))
