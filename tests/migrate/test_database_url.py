"""A database's URL in messages: never with the password, also when the URL is not well-formed."""

import asyncio

import pytest

from freehold import migrate
from freehold.migrate.errors import ConnectError
from freehold.postgres.reaching import place


@pytest.mark.parametrize(
    "password", ["1234/Secret", "Sec/Secret", "12?Secret", "12#Secret", "Se[Secret", "99999/Secret"]
)
def test_password_with_a_bare_special_character_is_not_shown(password: str) -> None:
    url = f"postgresql://ada:{password}@127.0.0.1:1/shop"
    assert "Sec" not in place(url)
    with pytest.raises(ConnectError, match="percent-encoded") as caught:
        asyncio.run(migrate.apply(url, sets=[]))
    assert not any(part in str(caught.value) for part in ("Sec", "1234", "99999"))


def test_password_that_is_encoded_is_not_shown() -> None:
    url = "postgresql://ada:1234%2FSecret@127.0.0.1:1/shop"
    with pytest.raises(
        ConnectError, match=r"Cannot connect to database shop on 127\.0\.0\.1, port 1: nothing answers"
    ) as caught:
        asyncio.run(migrate.apply(url, sets=[]))
    assert "Secret" not in str(caught.value)
