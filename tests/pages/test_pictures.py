"""Pictures of people: shown from the origins that the operator names, asked for from nowhere else."""

import httpx
import pytest
from tests.conftest import SignUp

from freehold import Platform, ProfilePatch, UserPatch
from freehold.base.addresses import is_from
from freehold.base.settings import SettingError, Settings

from .test_sessions_in_a_browser import opened, sign_in

OURS = "https://pictures.acme.example"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (f"{OURS}/ada.png", True),
        ("HTTPS://Pictures.Acme.Example:443/ada.png?size=32#x", True),
        (OURS, True),
        ("http://pictures.acme.example/ada.png", False),
        (f"{OURS}:8443/ada.png", False),
        (f"{OURS}.evil.example/ada.png", False),
        ("https://evil.example/pictures.acme.example", False),
        ("https://pictures.acme.example@evil.example/ada.png", False),
        ("https://user@pictures.acme.example/ada.png", False),
        ("https://evil.example\\.pictures.acme.example/ada.png", False),
        ("https://evil.example\\@pictures.acme.example/ada.png", False),
        ("https://sub.pictures.acme.example/ada.png", False),
        ("https://[::1/ada.png", False),
        (f"https://{'ü' * 70}.example/ada.png", False),
        ("data:image/png;base64,AAAA", False),
        ("javascript:alert(1)", False),
        ("", False),
    ],
)
def test_picture_is_shown_from_named_origins_alone(address: str, *, shown: bool):
    assert is_from(address, Settings(picture_origins=OURS).shown_origins) is shown


@pytest.mark.parametrize(
    "value", ["http://pictures.example", "https://*", "https://a.example;script-src *", "https://a.example/b", "'self'"]
)
def test_origin_that_would_change_the_policy_is_no_setting(value: str):
    with pytest.raises(SettingError, match="FREEHOLD_PICTURE_ORIGINS"):
        Settings.from_environment({"FREEHOLD_PICTURE_ORIGINS": value})


@pytest.mark.parametrize("origins", ["", OURS])
async def test_pages_show_initials_beneath_allowed_pictures_and_instead_of_all_others(
    platform: Platform, sign_up: SignUp, origins: str
):
    ada = await sign_up("ada")
    async with opened(platform, picture_origins=origins) as client:
        await sign_in(client)
        for address in (f"{OURS}/ada.png", "https://tracker.example/ada.png"):
            profile = ProfilePatch(first_name="Ada", last_name="Lovelace", avatar_url=address)
            await platform.users.update(ada.id, UserPatch(profile=profile))
            page = await client.get("/account")
            assert _policy(page) == f"img-src 'self' data:{origins and ' '}{origins}"
            is_shown = bool(origins) and address.startswith(OURS)
            assert (f'>AL<img src="{address}" alt="" referrerpolicy="no-referrer"' in page.text) is is_shown
            assert (f'src="{address}"' in page.text) is is_shown
            assert f'value="{address}"' in page.text
            assert "AL<" in page.text


def _policy(page: httpx.Response) -> str:
    parts = page.headers["content-security-policy"].split("; ")
    return next(part for part in parts if part.startswith("img-src"))
