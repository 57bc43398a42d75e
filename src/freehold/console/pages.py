"""All pages of the console, for the server."""

from typing import Final

from freehold.console.projects import projects
from freehold.console.start import start
from freehold.pages.declaring import Pages

CONSOLE: Final[tuple[Pages, ...]] = (start, projects)
