"""The programs of the how-to work, one after the other, against a real server."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.environment import without_settings

PAGE = Path(__file__).parents[2] / "docs/how-to/call-from-python.md"


def test_programs_print_what_the_page_says(run: Callable[..., Any], tmp_path: Path):
    url = run(FREEHOLD_RATE_LIMITS="off").url
    text = PAGE.read_text(encoding="utf-8")
    programs = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", text, flags=re.DOTALL)
    assert len(programs) == text.count("```python")
    for program, says in programs:
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={**without_settings(), "FREEHOLD_URL": url},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.stdout, done.stderr) == (says, "")
