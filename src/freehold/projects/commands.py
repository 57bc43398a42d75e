"""`freehold projects`."""

from functools import partial
from typing import get_args

import click

from freehold.base.scalars import Visibility
from freehold.base.validation import parse
from freehold.data.context import Context
from freehold.projects import operations
from freehold.projects.types import NewProject, Project, ProjectPatch
from freehold.terminal.declare import Fetch, changes, lists, shows
from freehold.terminal.references import organization_reference, read_id


@click.group()
def projects() -> None:
    """Make, list, show, change and delete projects."""


@projects.command()
@click.argument("organization")
@click.argument("name")
@click.option("--description", default="", help="What it is about.")
@click.option("--public", is_flag=True, help="Anyone may see it; by default only members may.")
@click.option("--feature", "features", multiple=True, metavar="FEATURE", help="What is switched on; may be repeated.")
@shows
async def create(
    context: Context, *, organization: str, name: str, description: str, public: bool, features: tuple[str, ...]
) -> Project:
    """Make a project in an organization, named by slug or id."""
    settings = {"visibility": "public" if public else "private", "features": list(features)}
    new = parse(NewProject, {"name": name, "description": description, "settings": settings})
    return await operations.create(context, organization_reference(organization), new)


@projects.command("list")
@click.argument("organization")
@lists("id", "name", "settings.visibility", "created_at")
def list_all(context: Context, *, organization: str) -> Fetch[Project]:
    """List the projects of an organization (its slug or id), newest first."""
    return partial(operations.list_all, context, organization_reference(organization))


@projects.command()
@click.argument("organization")
@click.argument("project")
@shows
async def show(context: Context, *, organization: str, project: str) -> Project:
    """Show a project, named by its id, of an organization, named by slug or id."""
    return await operations.get(context, organization_reference(organization), read_id(project, "/project"))


@projects.command()
@click.argument("organization")
@click.argument("project")
@click.option("--name", help="What it is to be called.")
@click.option("--description", help="What it is about.")
@click.option("--visibility", type=click.Choice(get_args(Visibility)), help="Who may see it: members, or anyone.")
@click.option("--feature", "features", multiple=True, metavar="FEATURE", help="What is switched on; may be repeated.")
@click.option("--no-features", is_flag=True, help="Switch every feature off.")
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
) -> Project:
    """Change a project, named by its id. The features given replace all that it had."""
    chosen = () if no_features else features or None
    given = changes(name=name, description=description, visibility=visibility, features=chosen)
    settings = {field: given.pop(field) for field in ("visibility", "features") if field in given}
    patch = parse(ProjectPatch, {**given, **({"settings": settings} if settings else {})})
    reference = organization_reference(organization)
    return await operations.update(context, reference, read_id(project, "/project"), patch)


@projects.command()
@click.argument("organization")
@click.argument("project")
@shows
async def delete(context: Context, *, organization: str, project: str) -> None:
    """Delete a project, named by its id, for ever."""
    await operations.delete(context, organization_reference(organization), read_id(project, "/project"))
