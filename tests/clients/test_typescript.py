"""The TypeScript client is generated, checked, linted, built and run against a real server."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.environment import without_settings

SOURCE = Path(__file__).parents[2] / "clients/typescript"
SECONDS = 240

pytestmark = [
    pytest.mark.long,  # npm installs the tools, and tsc reads the types of the whole document: 30 s
    pytest.mark.skipif(shutil.which("npm") is None, reason="there is no npm here: install Node.js 20.19 or later"),
]


def npm(folder: Path, *arguments: str, **environment: str) -> str:
    done = subprocess.run(
        ["npm", *arguments],
        cwd=folder,
        env={**without_settings(), **environment},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_client_is_built_and_works_against_a_server(run: Callable[..., Any], tmp_path: Path):
    folder = tmp_path / "clients/typescript"
    shutil.copytree(SOURCE, folder, ignore=shutil.ignore_patterns("node_modules", "dist", "dist-test", "schema.ts"))
    (tmp_path / "tests/contract").mkdir(parents=True)
    shutil.copy(SOURCE.parents[1] / "tests/contract/openapi.json", tmp_path / "tests/contract")
    npm(folder, "ci")
    for script in ("generate", "build", "lint"):
        npm(folder, "run", script)
    said = npm(folder, "test", FREEHOLD_URL=run(FREEHOLD_RATE_LIMITS="off").url)
    assert "# fail 0" in said or "fail 0" in said
    assert "skipped 0" in said
    assert (folder / "dist/index.d.ts").is_file()


def test_lock_file_names_no_registry():
    assert '"resolved"' not in (SOURCE / "package-lock.json").read_text(encoding="utf-8")
