"""Finding in the outbox what was mailed."""

import re

from freehold import Message, PageRequest, Platform


async def letters_to(platform: Platform, address: str) -> list[Message]:
    """Everything that was mailed to an address, the newest first."""
    listed = await platform.mail.list(PageRequest(limit=100))
    return [message for message in listed.data if message.to == address]


def token_in(message: Message) -> str:
    """The token that a mail shows, which is also in its link."""
    token = re.search(r"token: (\S+)", message.text)
    assert token is not None, message.text
    assert f"token={token[1]}\n" in message.text
    return token[1]


async def token_to(platform: Platform, address: str) -> str:
    """The token of the newest mail to an address."""
    return token_in((await letters_to(platform, address))[0])
