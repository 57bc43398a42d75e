"""What can go wrong with mail, and the constraints that say so."""

from typing import Final

from freehold.base.errors import Meaning, TooManyRequests, failing


class MailedTooOften(TooManyRequests):
    """The address got as many mails of this kind as it may within the hour; nothing was done."""

    code = "mailed_too_often"
    title = (
        "Too many mails were sent to this address in the last hour: look for them in the inbox and the spam "
        "folder first"
    )
    constraints = ("mail_budgets_pkey",)


class SentTooMany(TooManyRequests):
    """A user has sent as many mails to others as they may within the hour, over all their sessions and API keys."""

    code = "sent_too_many"
    title = "You have sent too many invitations in the last hour: wait for the number of seconds in Retry-After"


MEANINGS: Final[dict[str, Meaning]] = {
    "mail_budgets_subject_check": failing("/email", "invalid_hash", "must be kept as a hash"),
    "mail_budgets_mails_check": failing("/email", "invalid_count", "must be at least one"),
}
