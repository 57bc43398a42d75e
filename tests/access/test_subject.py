"""What an operation on an account knows of who asks."""

from uuid import uuid4

import msgspec
import pytest

from freehold import Actor, Platform
from freehold.access import Subject

ADA, BOB, SESSION = uuid4(), uuid4(), uuid4()


@pytest.mark.parametrize(
    ("actor", "is_kept"),
    [
        (Actor(user_id=ADA, session_id=SESSION), True),
        (Actor(user_id=BOB, session_id=SESSION, is_admin=True), False),
        (Actor(user_id=ADA), False),
        (None, False),
    ],
)
async def test_session_that_asks_is_the_users_own_or_none(platform: Platform, actor: Actor | None, is_kept: bool):  # noqa: FBT001
    subject = Subject(context=msgspec.structs.replace(platform.context, actor=actor), user_id=ADA)
    assert subject.session_id == (SESSION if is_kept else None)
