"""How the command line names a user."""

from freehold.base.errors import Missing
from freehold.base.scalars import Email, Username
from freehold.base.validation import parse_value
from freehold.data.context import Context
from freehold.terminal.failures import Refused
from freehold.terminal.references import is_id, read_id
from freehold.users import operations
from freehold.users.types import User


async def find_user(context: Context, text: str, pointer: str = "/user") -> User:
    """Find a user by id, or by username or e-mail address in any case.

    Raises:
        Invalid: it is none of these.
        Refused: there is no such user.
    """
    try:
        if is_id(text):
            return await operations.get(context, read_id(text, pointer))
        found = await operations.find(context, parse_value(Email if "@" in text else Username, text, pointer))
        return await operations.get(context, found.id)
    except Missing:
        raise Refused(f"there is no user '{text}': run 'freehold users list' to see all users") from None
