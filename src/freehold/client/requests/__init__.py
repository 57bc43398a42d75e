"""Every operation as a request, by the group that has it."""

# Generated from the library and the routes by `make renew`; a test compares it.
