"""Organizations and their members."""

from freehold.base.slices import Slice

SLICE = Slice(
    package=__name__,
    parts=("members", "invitations", "roles", "deletion"),
    commands={
        "organizations": "Create, list and show organizations; manage members and invitations; delete and restore.",
        "roles": "Create, list, show, update and delete the custom roles of an organization.",
    },
)
