"""`freehold projects`."""

from functools import partial

import click

from freehold.base.validation import parse
from freehold.data.context import Context
from freehold.projects import operations
from freehold.projects.types import NewProject, Project
from freehold.terminal.declare import Fetch, lists, shows
from freehold.terminal.references import organization_reference, read_id


@click.group()
def projects() -> None:
    """Create, list and show projects."""


@projects.command()
@click.argument("organization")
@click.argument("name")
@click.option("--description", default="", help="Description of the project.")
@click.option("--public", is_flag=True, help="Let anyone view the project; by default, only members can.")
@click.option("--feature", "features", multiple=True, metavar="FEATURE", help="A feature to turn on. Repeatable.")
@shows
async def create(
    context: Context, *, organization: str, name: str, description: str, public: bool, features: tuple[str, ...]
) -> Project:
    """Create a project in an organization (a slug or an id)."""
    settings = {"visibility": "public" if public else "private", "features": list(features)}
    new = parse(NewProject, {"name": name, "description": description, "settings": settings})
    return await operations.create(context, organization_reference(organization), new)


@projects.command("list")
@click.argument("organization")
@lists("id", "name", "settings.visibility", "created_at")
def list_all(context: Context, *, organization: str) -> Fetch[Project]:
    """List the projects of an organization (a slug or an id), newest first."""
    return partial(operations.list_all, context, organization_reference(organization))


@projects.command()
@click.argument("organization")
@click.argument("project")
@shows
async def show(context: Context, *, organization: str, project: str) -> Project:
    """Show a project (an id) of an organization (a slug or an id)."""
    return await operations.get(context, organization_reference(organization), read_id(project, "/project"))
