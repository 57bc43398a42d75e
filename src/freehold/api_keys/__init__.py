"""Keys for programs: of a user, or of an organization itself (service accounts)."""

from freehold.base.slices import Slice

SLICE = Slice(package=__name__, commands={"api-keys": "Create, list, rotate and revoke API keys."})
