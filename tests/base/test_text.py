"""Names hold what can be seen, in every script, by every way in."""

import io
import json
import unicodedata
from collections.abc import Awaitable, Callable
from typing import Any, Final

import pytest

from freehold import (
    ImportPlan,
    NewApiKey,
    NewOrganization,
    NewProfile,
    NewProject,
    NewUser,
    OrganizationPatch,
    Platform,
    ProfilePatch,
    ProjectPatch,
    Refusals,
    User,
    UserPatch,
)
from freehold.base.errors import Invalid, InvalidToken
from freehold.base.scalars import NAME
from freehold.base.text import BLANK
from freehold.organizations.slugs import candidates

FINE: Final = {
    "Latin": "O'Neil-Smith",
    "accents": "Zo\u00eb \u00c5ngstr\u00f6m",
    "decomposed": "Zoe\u0308",
    "Arabic": "\u0639\u0628\u062f \u0627\u0644\u0644\u0647",
    "Persian with a non-joiner": "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    "Sinhala with a joiner": "\u0dc1\u0dca\u200d\u0dbb\u0dd3",
    "Devanagari with a joiner": "\u0915\u094d\u200d\u0937",
    "Hebrew": "\u05d0\u05d1\u05d2",
    "Thai": "\u0e44\u0e17\u0e22",
    "Han with a variant": "\u845b\U000e0100\u57ce",
    "Mongolian with a variant": "\u182d\u180b\u1820",
    "Hangul jamo": "\u1112\u1161\u11ab",
    "emoji": "Rocket \U0001f680",
    "emoji with a selector": "I \u2764\ufe0f it",
    "family": "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "couple": "\U0001f469\U0001f3fd\u200d\u2764\ufe0f\u200d\U0001f468",
    "keycap": "1\ufe0f\u20e3",
    "flag": "\U0001f1e9\U0001f1ea",
    "typographic": "\u201cA\u201d \u2014 \u00a9 B\u2026",
    "apostrophe": "D\u2019Arcy",
    "tag-free digits": "42",
}
INVISIBLE: Final = {
    "soft hyphen": "\u00ad",
    "grapheme joiner": "\u034f",
    "Arabic letter mark": "\u061c",
    "Hangul filler": "\u3164",
    "Hangul choseong filler": "\u115f",
    "halfwidth filler": "\uffa0",
    "Khmer vowel": "\u17b4",
    "Mongolian separator": "\u180e",
    "zero width space": "\u200b",
    "left-to-right mark": "\u200e",
    "right-to-left mark": "\u200f",
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
    **{f"bidi U+{code:04X}": chr(code) for code in [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]},
    "word joiner": "\u2060",
    "invisible times": "\u2062",
    "deprecated format": "\u206e",
    "byte order mark": "\ufeff",
    "annotation": "\ufff9",
    "musical format": "\U0001d173",
    "language tag": "\U000e0001",
    "tag letter": "\U000e0067",
    "tab": "\t",
    "newline": "\n",
    "next line": "\u0085",
}
BLANKS: Final = ["", " ", "\u3000", "\u200d", "\u200c", "\ufe0f", "\u0301", "\u2800", "\u200d\u200d", "\u0301 \u0301"]
MISPLACED: Final = [
    *["a\u200d", "\u200da", "a \u200d b", "a\u200d\u200cb", "1\u200d2", "-\u200da", "a\u200d-", "\ufe0fa", " \ufe0fa"],
    *["a\ufe0f\ufe0f", "a\u200d\ufe0fb", "a b\u200c"],
]


@pytest.mark.parametrize("name", FINE.values(), ids=FINE)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_name_in_any_script_is_kept_as_it_is(name: str, form: Any):
    typed = unicodedata.normalize(form, name)
    assert NAME.check(f" {typed}\u3000") == typed


@pytest.mark.parametrize("character", INVISIBLE.values(), ids=INVISIBLE)
def test_invisible_character_is_refused_and_named(character: str):
    assert character not in BLANK
    with pytest.raises(ValueError, match=rf"must not contain U\+{ord(character):04X}"):
        NAME.check(f"a{character}b")


@pytest.mark.parametrize("name", [*BLANKS, *MISPLACED], ids=ascii)
def test_name_without_anything_to_see_or_with_a_joiner_out_of_place_is_refused(name: str):
    with pytest.raises(ValueError, match="must"):
        NAME.check(name)


def test_every_format_character_of_unicode_is_refused_or_seen():
    """The classes are ours; Unicode's own table says whether one was forgotten."""
    seen = {0x600, 0x601, 0x602, 0x603, 0x604, 0x605, 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD}
    forgotten = []
    for code in range(0x110000):
        if unicodedata.category(chr(code)) == "Cf" and code not in seen and code not in {0x200C, 0x200D}:
            try:
                NAME.check(f"a{chr(code)}b")
            except ValueError:
                continue
            forgotten.append(hex(code))
    assert forgotten == []


Way = Callable[[Platform, User, str], Awaitable[object]]


async def signing_up(platform: Platform, _ada: User, name: str) -> object:
    profile = NewProfile(first_name=name)
    return await platform.users.create(
        NewUser(username="bob", email="bob@example.com", password="Lovelace1x", profile=profile)
    )


async def patching_a_user(platform: Platform, ada: User, name: str) -> object:
    return await platform.users.update(ada.id, UserPatch(profile=ProfilePatch(last_name=name)))


async def creating_an_organization(platform: Platform, ada: User, name: str) -> object:
    return await platform.acting_as(ada.id).organizations.create(NewOrganization(name=name))


async def patching_an_organization(platform: Platform, ada: User, name: str) -> object:
    made = await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Acme"))
    return await platform.organizations.update(made.id, OrganizationPatch(name=name))


async def creating_a_project(platform: Platform, ada: User, name: str) -> object:
    made = await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Acme"))
    return await platform.projects.create(made.id, NewProject(name=name))


async def making_a_key(platform: Platform, ada: User, name: str) -> object:
    return await platform.acting_as(ada.id).api_keys.create("me", NewApiKey(name=name))


async def importing(platform: Platform, _ada: User, name: str) -> object:
    line = {"username": "bob", "email": "bob@example.com", "first_name": name}
    return await _import(platform, "users", line, "first_name")


async def importing_organizations(platform: Platform, ada: User, name: str) -> object:
    return await _import(platform, "organizations", {"name": name, "slug": "acme", "owner_id": str(ada.id)}, "name")


async def importing_projects(platform: Platform, ada: User, name: str) -> object:
    made = await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Acme"))
    return await _import(platform, "projects", {"name": name, "organization_id": str(made.id)}, "name")


async def _import(platform: Platform, kind: Any, line: dict[str, str], field: str) -> object:
    refusals = Refusals()
    file = io.BytesIO(json.dumps(line).encode())
    report = await platform.transfer.import_file(kind, file, plan=ImportPlan(), refusals=refusals)
    if report.refused:
        assert [refusal.field for refusal in refusals.first] == [field]
        raise Invalid([])
    return report


async def patching_a_project(platform: Platform, ada: User, name: str) -> object:
    made = await platform.acting_as(ada.id).organizations.create(NewOrganization(name="Acme"))
    project = await platform.projects.create(made.id, NewProject(name="Rocket"))
    return await platform.projects.update(made.id, project.id, ProjectPatch(name=name))


async def making_a_key_of_an_organization(platform: Platform, ada: User, name: str) -> object:
    acting = platform.acting_as(ada.id)
    made = await acting.organizations.create(NewOrganization(name="Acme"))
    return await acting.organizations.api_keys.create(made.id, NewApiKey(name=name))


async def signing_up_by_invitation(platform: Platform, _ada: User, name: str) -> object:
    """The rule is asked before the token: what is wrong with both is told of the name."""
    profile = NewProfile(last_name=name)
    new = NewUser(
        username="bob", email="bob@example.com", password="Lovelace1x", profile=profile, invitation_token="fhi_none"
    )
    try:
        return await platform.acting_as(None).users.create(new)
    except InvalidToken:
        return None


WAYS: Final = [
    importing_organizations,
    importing_projects,
    patching_a_project,
    making_a_key_of_an_organization,
    signing_up_by_invitation,
    signing_up,
    patching_a_user,
    creating_an_organization,
    patching_an_organization,
    creating_a_project,
    making_a_key,
    importing,
]


@pytest.mark.parametrize("way", WAYS)
async def test_every_way_in_keeps_the_rule_of_names(platform: Platform, sign_up: Any, connection: Any, way: Way):
    ada = await sign_up("ada")
    await connection.execute("SELECT 1")
    for bad in ["a\u202eb", "\u3164", "a\u200b", "a\u2028b", "\u200d", "a\ufe0f\ufe0f"]:
        with pytest.raises(Invalid):
            await way(platform, ada, bad)
    await way(platform, ada, f" {FINE['couple']} {FINE['Persian with a non-joiner']}\u00a0")


@pytest.mark.parametrize(
    ("table", "column"),
    [("users", "first_name"), ("users", "last_name"), ("organizations", "name"), ("projects", "name")],
)
async def test_database_keeps_the_rule_of_names_by_itself(
    platform: Platform, sign_up: Any, connection: Any, table: str, column: str
):
    ada = await sign_up("ada")
    await creating_a_project(platform, ada, "Rocket")
    for name in FINE.values():
        await connection.execute(f"UPDATE {table} SET {column} = $1", name)  # noqa: S608 - our own names
    for bad in [*(f"a{one}b" for one in INVISIBLE.values()), *BLANKS, *MISPLACED]:
        with pytest.raises(Exception, match=f"{table}_{column}_check"):
            await connection.execute(f"UPDATE {table} SET {column} = $1", bad)  # noqa: S608 - the same


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("\u5317\u4eac", "beijing"),
        ("\u042f\u043d\u0434\u0435\u043a\u0441", "yandeks"),
        ("\u0395\u03bb\u03bb\u03ac\u03b4\u03b1", "ellada"),
        ("\u0645\u062d\u0645\u062f", "mhmd"),
        ("\ud55c\uad6d", "hangug"),
        ("\u0939\u093f\u0928\u094d\u0926\u0940", "hindi"),
        ("\u10e5\u10d0\u10e0\u10d7\u10e3\u10da\u10d8", "kartuli"),
        ("Stra\u00dfe", "strasse"),
        ("\uff21\uff43\uff4d\uff45", "acme"),
        ("O'Neil", "o-neil"),
        ("\U0001f98a", "fox"),
        ("\u2026", "organization-2"),
        ("Organization", "organization-2"),
        ("Admin", "admin-2"),
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_slug_spells_a_name_of_any_script_in_latin_letters(name: str, slug: str, form: Any):
    assert candidates(unicodedata.normalize(form, name))[0] == slug


ADDRESSES: Final = [" ada@example.com", "ada@example.com\n", "\u00a0Ada@Example.com\u3000", "\tada@EXAMPLE.com "]


@pytest.mark.parametrize("typed", ADDRESSES, ids=ascii)
async def test_white_space_around_usernames_and_addresses_is_dropped_by_every_way_in(platform: Platform, typed: str):
    made = await platform.users.create(NewUser(username=" bob\n", email=typed, password="Lovelace1x"))
    assert (made.username, made.email.lower()) == ("bob", "ada@example.com")
    renamed = await platform.users.update(made.id, UserPatch(username="\u3000bobby "))
    assert renamed.username == "bobby"
    line = json.dumps({"username": " bob ", "email": typed.replace("da", "rthur")})
    assert (await platform.transfer.import_file("users", io.BytesIO(line.encode()))).stored == 1
    assert (await platform.users.find("bob")).email.lower() == "arthur@example.com"
