"""Identifiers, passwords and settings."""

import asyncio
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freehold import Settings, Unavailable
from freehold.base.ids import new_id
from freehold.base.settings import SettingError
from freehold.passwords.formats import UNUSABLE
from freehold.passwords.hashing import Passwords


def test_ids_are_of_version_seven_and_sort_by_time():
    before = time.time_ns() // 1_000_000
    ids = [new_id() for _ in range(1000)]
    after = time.time_ns() // 1_000_000
    assert {(each.version, each.variant) for each in ids} == {(7, "specified in RFC 4122")}
    assert len(set(ids)) == 1000
    moments = [each.int >> 80 for each in ids]
    assert moments == sorted(moments)
    assert before <= moments[0] <= moments[-1] <= after


@pytest.mark.usefixtures("honest_hashes")
async def test_password_fits_its_own_hash_alone():
    passwords = Passwords(threads=1, queue=4)
    try:
        stored = await passwords.hash("Lovelace1")
        assert stored != await passwords.hash("Lovelace1"), "each has its own salt"
        assert await passwords.verify(stored, "Lovelace1")
        assert not await passwords.verify(stored, "lovelace1")
        assert not passwords.outdated(stored)
        for no_hash in (None, UNUSABLE, "", "not a hash", "$argon2id$broken"):
            assert not await passwords.verify(no_hash, "Lovelace1")
            assert not await passwords.verify(no_hash, "Nobody has this password 1")
    finally:
        passwords.close()


@pytest.mark.usefixtures("honest_hashes")
async def test_crowd_of_passwords_is_told_to_come_back():
    passwords = Passwords(threads=1, queue=1)
    try:
        results = await asyncio.gather(*[passwords.hash("Lovelace1") for _ in range(5)], return_exceptions=True)
        assert [type(result) for result in results] == [str, str, Unavailable, Unavailable, Unavailable]
        assert await passwords.hash("Lovelace1"), "and then it goes on"
    finally:
        passwords.close()


def test_settings_come_from_the_environment_and_what_is_given_goes_first():
    environment = {"FREEHOLD_PORT": "9000", "FREEHOLD_DATA_DIR": "/data", "FREEHOLD_HOST": "", "OTHER": "x"}
    settings = Settings.from_environment(environment, port=9001, database_url=None)
    assert (settings.port, settings.data_dir, settings.host) == (9001, Path("/data"), "127.0.0.1")
    assert Settings.from_environment(environment).port == 9000


@pytest.mark.parametrize("value", ["eighty", "70000", "-1", "1.5"])
def test_bad_setting_is_named_with_its_variable(value: str):
    with pytest.raises(SettingError, match=f"^FREEHOLD_PORT is '{value}'"):
        Settings.from_environment({"FREEHOLD_PORT": value})


@pytest.mark.parametrize("name", Settings.__struct_fields__)
@pytest.mark.parametrize("value", ["x", "1", "postgresql://user@host/name"])
def test_every_setting_of_the_environment_is_read_or_refused_in_words(name: str, value: str):
    found = said = None
    try:
        found = getattr(Settings.from_environment({f"FREEHOLD_{name.upper()}": value}), name)
    except SettingError as error:
        said = str(error)
    assert found is not None or (said and said.startswith(f"FREEHOLD_{name.upper()} is "))


@pytest.mark.parametrize("between", [" ", ",", ", ", "  "])
def test_replicas_are_named_with_spaces_or_commas_between_them(between: str):
    urls = ["postgresql://a/x?host=/run,/other", "postgres://u:p@b:1/y"]
    assert Settings.from_environment({"FREEHOLD_REPLICA_URLS": between.join(urls)}).replicas == urls


@pytest.mark.parametrize("value", ["mysql://secret@a", "db2", " ".join(["postgresql://secret@a"] * 17)])
def test_what_names_no_replicas_is_refused_and_not_shown(value: str):
    with pytest.raises(SettingError, match="FREEHOLD_REPLICA_URLS is not valid: must be 1 to 16 URLs") as caught:
        Settings.from_environment({"FREEHOLD_REPLICA_URLS": value})
    assert "secret" not in str(caught.value)


@given(st.integers(0, 65535), st.floats(0.001, 1000))
def test_settings_survive_the_way_through_the_environment(port: int, seconds: float):
    settings = Settings(port=port, acquire_timeout_seconds=seconds, database_url="postgresql:///x")
    assert Settings.from_environment(settings.to_environment()) == settings
