"""Tells whoever runs the server of mails that wait, where there is no SMTP server to take them.

Only that there is one, and how to read it: what a server prints is kept in files and sent to other machines, and the
tokens in mails open accounts.
"""

import os
import select
import sys

from freehold.mail.types import Claimed


def show(message: Claimed, *, beside_stream: bool = False) -> bool:
    """Write to standard output that a mail waits, and say whether that worked.

    Where the audit log is streamed there, and collectors read nothing else, it is standard error instead.

    It never waits: a pipe that nobody reads would fill up and stop the server. The mail is kept all the same.
    """
    text = f"Mail to {message.recipient} waits: read it with 'freehold mail show {message.id}'\n".encode()
    try:
        output = (sys.stderr if beside_stream else sys.stdout).fileno()
        for start in range(0, len(text), select.PIPE_BUF):
            if not select.select([], [output], [], 0)[1]:
                return False
            os.write(output, text[start : start + select.PIPE_BUF])  # as much as a pipe that is ready takes for sure
    except (AttributeError, OSError, ValueError):  # no standard output, closed, or with nobody at its end
        return False
    return True
