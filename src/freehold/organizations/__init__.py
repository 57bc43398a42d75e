"""Organizations and their members."""

from freehold.base.slices import Slice

SLICE = Slice(
    package=__name__,
    parts=("members", "invitations", "ownership", "roles", "deletion"),
    commands={
        "organizations": "Create, list, update, delete and restore organizations; manage members and invitations.",
        "roles": "Create, list, show, update and delete the custom roles of an organization.",
    },
)
