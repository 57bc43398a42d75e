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
    return re.fullmatch(pattern, real.strip()) is not None


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    for name in settings():
        monkeypatch.delenv(name)
    process = Served(python=("env", f"--chdir={tmp_path}", sys.executable), port=0, environment={})
    yield process
    process.kill()


def test_readme_is_true(served: Served, tmp_path: Path) -> None:
    url = served.url
    show_banner(url, served.banner)
    show_transcript(url)
    show_library(tmp_path)
    assert served.finish(signal.SIGTERM) == (0, "")


def show_banner(url: str, banner: str) -> None:
    shown = blocks("text")[0].replace(ADDRESS, url)
    assert re.sub(r"\S+(?= users create)", ".venv/bin/freehold", banner) == shown


def show_transcript(url: str) -> None:
    commands = [step for console in blocks("console") for step in steps(console)]
    assert len(commands) > 10
    script = "".join(f"{command}\nprintf '\\n{END}\\n'\n" for command, _ in commands).replace(ADDRESS, url)
    done = subprocess.run(
        ["sh", "-eu"], input=script, capture_output=True, text=True, timeout=DEADLINE_SECONDS, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    answers = done.stdout.split(f"{END}\n")[:-1]
    for (command, shown), real in zip(commands, answers, strict=True):
        assert fits(shown, real), f"{command}\nanswered\n{real}not\n{shown}"


def show_library(folder: Path) -> None:
    program, shown = blocks("python")[0], blocks("text")[1]
    url = subprocess.run(
        [sys.executable, "-c", PROGRAM, "db", "url"], cwd=folder, capture_output=True, text=True, check=True
    ).stdout.strip()
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "FREEHOLD_DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stderr, done.stdout) == ("", shown)


def test_comparison_notices_what_differs() -> None:
    assert fits('{"id":"…","name":"a"}', '{"id":"7","name":"a"}\n')
    assert not fits('{"id":"…","name":"a"}', '{"id":"7","name":"b"}\n')
    assert steps("$ one \\\n  more\nanswer\n$ two\n") == [("one \\\n  more", "answer\n"), ("two", "")]


def test_links_lead_somewhere() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("page", ["use-the-library", "build-your-application"])
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
