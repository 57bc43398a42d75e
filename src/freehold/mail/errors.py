"""What can go wrong with mail, and the constraints that say so."""

from typing import Final

from freehold.base.errors import Meaning, TooManyRequests, failing


class MailedTooOften(TooManyRequests):
    """The address got as many mails of this kind as it may within the hour; nothing was done."""

    code = "mailed_too_often"
    title = "This address was mailed too often within the hour: look for these mails first, also among spam"
    constraints = ("mail_budgets_pkey",)


MEANINGS: Final[dict[str, Meaning]] = {
    "mail_budgets_subject_check": failing("/email", "invalid_hash", "must be kept as a hash"),
    "mail_budgets_mails_check": failing("/email", "invalid_count", "must be at least one"),
}
