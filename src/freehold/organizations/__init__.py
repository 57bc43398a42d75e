"""Organizations and their members."""

from freehold.base.slices import Slice

SLICE = Slice(
    package=__name__,
    parts=("members", "invitations", "roles", "deletion"),
    commands={
        "organizations": "Make, list, show and change organizations; invite people, delete and restore.",
        "roles": "Make, list, show, change and delete the roles of an organization.",
    },
)
