"""The command line keeps the rule of new passwords, and says what is wrong with a file of breached ones."""

from pathlib import Path

import pytest

from tests.passwords.test_breached import digest, lines

from .conftest import Freehold

PHRASE = "correct horse battery staple"
CREATE = ("users", "create", "ada", "--email", "ada@example.com", "--password-stdin")
SET = ("users", "set-password", "ada", "--password-stdin")


@pytest.mark.parametrize(
    ("environment", "password", "says"),
    [
        ({}, PHRASE, "must have 8 to 128 characters with at least one uppercase letter"),
        ({"FREEHOLD_PASSWORD_RULES": "length"}, "Lovelace1", "must have 15 to 128 characters"),
        ({"FREEHOLD_PASSWORD_RULES": "length", "FREEHOLD_BREACHED_PASSWORDS": "list"}, PHRASE, "data breach"),
    ],
)
def test_policy_is_kept(
    freehold: Freehold, tmp_path: Path, environment: dict[str, str], password: str, says: str
) -> None:
    (tmp_path / "list").write_bytes(lines([digest(PHRASE), digest("1")]))
    other = "Analytical engine 1843"
    refused = freehold(*CREATE, stdin=f"{password}\n", **environment)
    assert (refused.returncode, says in refused.stderr) == (1, True), refused.stderr
    assert freehold(*CREATE, stdin=f"{other}\n", **environment).returncode == 0
    refused = freehold(*SET, stdin=f"{password}\n", **environment)
    assert (refused.returncode, says in refused.stderr) == (1, True), refused.stderr
    assert freehold(*SET, stdin=f"{other}\n", **environment).returncode == 0


def test_file_that_cannot_be_used_is_named_in_one_line(freehold: Freehold) -> None:
    refused = freehold(*CREATE, stdin=f"{PHRASE}\n", FREEHOLD_BREACHED_PASSWORDS="nothing")
    assert refused.returncode != 0
    (line,) = refused.stderr.splitlines()
    assert "FREEHOLD_BREACHED_PASSWORDS is 'nothing', which cannot be read (No such file or directory): name" in line
