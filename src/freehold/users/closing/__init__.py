"""Ends what lets somebody into an account, when it is no longer sure whose that is."""
