"""`freehold projects`."""

from functools import partial

import click

from freehold import NewProject, Platform, Project
from freehold.cli.declare import Fetch, lists, shows
from freehold.cli.references import organization_reference, read_id
from freehold.validation import parse


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
    platform: Platform, *, organization: str, name: str, description: str, public: bool, features: tuple[str, ...]
) -> Project:
    """Make a project in an organization, named by slug or id."""
    settings = {"visibility": "public" if public else "private", "features": list(features)}
    new = parse(NewProject, {"name": name, "description": description, "settings": settings})
    return await platform.projects.create(organization_reference(organization), new)


@projects.command("list")
@click.argument("organization")
@lists("id", "name", "settings.visibility", "created_at")
def list_all(platform: Platform, *, organization: str) -> Fetch[Project]:
    """List the projects of an organization (its slug or id), newest first."""
    return partial(platform.projects.list, organization_reference(organization))


@projects.command()
@click.argument("organization")
@click.argument("project")
@shows
async def show(platform: Platform, *, organization: str, project: str) -> Project:
    """Show a project, named by its id, of an organization, named by slug or id."""
    return await platform.projects.get(organization_reference(organization), read_id(project, "/project"))
