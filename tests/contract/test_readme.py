"""What README.md shows is what happens: its commands are run, and their answers compared."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.processes import DEADLINE_SECONDS, PROGRAM, Served
from tests.environment import settings

from freehold.postgres.binaries import NEWEST

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
ADDRESS = "http://127.0.0.1:8000"
END = "--- end of the answer ---"


def blocks(language: str, text: str = README) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def steps(console: str) -> list[tuple[str, str]]:
    """Each command after a `$`, with its continued lines, and the answer that stands below it."""
    found: list[tuple[str, str]] = []
    for line in console.splitlines():
        command, answer = found[-1] if found else ("", "")
        if line.startswith("$ "):
            found.append((line[2:], ""))
        elif command.endswith(("\\", "|")):
            found[-1] = (f"{command}\n{line}", "")
        else:
            found[-1] = (command, f"{answer}{line}\n")
    return found


def fits(shown: str, real: str) -> bool:
    """Compare with `…` standing for anything."""
    pattern = ".*".join(map(re.escape, shown.strip().split("…")))
    return re.fullmatch(pattern, real.strip(), re.DOTALL) is not None


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    for name in settings():
        monkeypatch.delenv(name)
    process = Served(python=("env", f"--chdir={tmp_path}", sys.executable), port=0, environment={})
    yield process
    process.kill()


def test_pages_are_true_one_after_the_other_on_one_database(served: Served, tmp_path: Path) -> None:
    url = served.url
    program = tmp_path / ".venv" / "bin" / "freehold"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{PROGRAM}" "$@"\n')
    program.chmod(0o755)
    show_banner(url, served.banner)
    transcript = [step for console in blocks("console") for step in steps(console)]
    assert len(transcript) > 10
    show(transcript, url, tmp_path)
    exported = show_library(tmp_path)
    show_tutorial(tmp_path, exported)
    roles = [step for console in blocks("console", page("how-to/custom-roles")) for step in steps(console)]
    given = re.search(r"`(freehold organizations add-member [^`]*)`", page("how-to/custom-roles"))
    assert given
    signed_in = [(command, "…") for command, _ in transcript if re.match(r"(API|JSON|TOKEN)=", command)]
    grace = ("GRACE=$(freehold users show grace | sed -n 's/^id\t//p')", "")
    show([*signed_in, grace, roles[0], (given[1], "…"), *roles[1:]], url, tmp_path, answered=False)
    assert served.finish(signal.SIGTERM) == (0, "")


def show_banner(url: str, banner: str) -> None:
    shown = blocks("text")[0].replace(ADDRESS, url)
    named = re.sub(r"\S+(?= users create)", ".venv/bin/freehold", banner)
    named = re.sub(r"PostgreSQL \d+", f"PostgreSQL {NEWEST}", named)  # the tests run on every major
    assert re.sub(r"(?<=first-steps\?token=)\S+", "…", named) == shown


def page(name: str) -> str:
    return (ROOT / "docs" / f"{name}.md").read_text("utf-8")


def show(commands: list[tuple[str, str]], url: str, folder: Path, *, answered: bool = True) -> None:
    """Run commands in one shell, and compare what each answers with what stands below it, if anything does."""
    script = "".join(f"{command}\nprintf '\\n{END}\\n'\n" for command, _ in commands)
    script = script.replace(ADDRESS, url).replace("localhost:8000", url.removeprefix("http://"))
    done = subprocess.run(
        ["sh", "-eu"],
        cwd=folder,
        env=at_hand(folder),
        input=script,
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    answers = done.stdout.split(f"{END}\n")[:-1]
    for (command, shown), real in zip(commands, answers, strict=True):
        assert fits(shown, real) or not (shown or answered), f"{command}\nanswered\n{real}not\n{shown}"


def at_hand(folder: Path) -> dict[str, str]:
    """The environment in which `freehold` is at hand by its name, as the pages make it by an alias."""
    return {**os.environ, "PATH": f"{folder / '.venv' / 'bin'}:{os.environ['PATH']}"}


def show_library(folder: Path) -> dict[str, str]:
    """Run the program of the README; gives the environment that it needed."""
    (export,) = (block for block in blocks("sh") if block.startswith("export FREEHOLD_DATABASE_URL="))
    url = subprocess.run(
        ["sh", "-euc", f'{export}echo "$FREEHOLD_DATABASE_URL"'],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    program, shown = blocks("python")[0], blocks("text")[1]
    exported = {**at_hand(folder), "FREEHOLD_DATABASE_URL": url}
    done = subprocess.run([sys.executable, "-c", program], env=exported, capture_output=True, text=True, check=False)
    assert (done.stderr, done.stdout) == ("", shown)
    return exported


def show_tutorial(folder: Path, environment: dict[str, str]) -> None:
    """Run what "Getting started" has a reader type into the second terminal; what is refused there is said to be."""
    typed = [line for block in blocks("sh", page("tutorials/getting-started")) for line in block.splitlines()]
    commands = [line for line in typed if line.startswith("freehold ")]
    assert len(commands) > 9
    for command in commands:
        makes_user = " users create " in command
        done = subprocess.run(
            ["sh", "-c", f"{command} --password-stdin" if makes_user else command],
            cwd=folder,
            env=environment,
            input="Lovelace1\n" if makes_user else "",
            capture_output=True,
            text=True,
            timeout=DEADLINE_SECONDS,
            check=False,
        )
        refused = "Not A Slug" in command
        assert (done.returncode, "organizations_slug_check" in done.stderr) == (int(refused), refused), done.stderr
        assert not any("-2" in slug for slug in done.stdout.partition("slug")[2].split()[:1]), command


def test_comparison_notices_what_differs() -> None:
    assert fits('{"id":"…","name":"a"}', '{"id":"7","name":"a"}\n')
    assert not fits('{"id":"…","name":"a"}', '{"id":"7","name":"b"}\n')
    assert steps("$ one \\\n  more\nanswer\n$ two\n") == [("one \\\n  more", "answer\n"), ("two", "")]


def test_links_lead_somewhere() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("page", ["use-the-library", "build-your-application", "use-from-synchronous-code"])
def test_programs_of_a_guide_print_what_stands_below_them(page: str, database_url: str) -> None:
    guide = (ROOT / "docs" / "how-to" / f"{page}.md").read_text("utf-8")
    programs, answers = blocks("python", guide), blocks("text", guide)
    for program, shown in zip(programs, answers, strict=True):
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "FREEHOLD_DATABASE_URL": database_url},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.stderr, done.stdout) == ("", shown)
