"""Short-lived tokens for other services, which verify them by public keys without asking."""

from freehold.base.slices import Slice

SLICE = Slice(package=__name__, commands={"tokens": "Create tokens for other services, and rotate the signing keys."})
