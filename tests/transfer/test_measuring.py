"""What the bench of imports leaves for the bench's table."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from bench.figures import from_other_scripts

from bench import transfer

RESULT: dict[str, Any] = {"rows": 1_000_000, "ratios": [0.45, 0.41, 0.39], "import_memory_mb": [90, 95, 91]}


def measured(monkeypatch: pytest.MonkeyPatch, folder: Path, *arguments: str) -> None:
    async def measure(*_: object) -> dict[str, Any]:
        return {"users": RESULT, "second_export_is_the_first": {"users": True}}

    monkeypatch.setattr(transfer, "measure", measure)
    monkeypatch.setattr(transfer, "KEPT", folder / "figures" / "transfer.json")
    monkeypatch.setattr("sys.argv", ["bench.transfer", *arguments])
    transfer.main()


def test_bench_of_imports_leaves_figures_for_the_table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    measured(monkeypatch, tmp_path, "--last", "users")
    found = from_other_scripts(tmp_path / "figures")
    assert [(each.target, each.work, each.against, each.wanted, each.measured, each.verdict) for each in found] == [
        ("P5", "import 1,000,000 users", "COPY", "at least 0.4 x", "0.41 x (0.39 to 0.45)", "met"),
        ("P5", "memory of an import", "-", "at most 200 MB", "91 MB (90 to 95)", "met"),
    ]


def test_part_of_it_is_only_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    measured(monkeypatch, tmp_path, "--scale", "0.05")
    assert not (tmp_path / "figures").exists()
    assert msgspec.json.decode(capsys.readouterr().out)["users"] == RESULT
