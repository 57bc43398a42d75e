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
    """Make, list and show projects."""


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
