"""Keys for programs: of a user, or of an organization itself (service accounts)."""

from freehold.base.slices import Slice

SLICE = Slice(package=__name__, commands={"api-keys": "Make, list, rotate and revoke keys for programs."})
