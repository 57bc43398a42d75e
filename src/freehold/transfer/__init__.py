"""Millions of rows in and out: files of users, organizations, members and projects, and databases of other systems."""

from freehold.base.slices import Slice

SLICE = Slice(
    package=__name__,
    parts=("staging", "systems"),
    commands={
        "import": "Import users, organizations, members and projects from files or from another system.",
        "export": "Export users, organizations, members and projects to files.",
    },
)
