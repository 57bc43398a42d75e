"""Who owns an organization: offered by who may hand it over, accepted by who is to have it."""
