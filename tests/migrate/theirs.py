"""A folder of another tool's files for a test, and what became of it."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from freehold.migrate.files import MigrationSet
from freehold.migrate.frameworks.convert import Import, convert
from freehold.migrate.migration import FilesError, Migration


class Given:
    """A folder of another tool's files, and what became of it."""

    def __init__(self, tmp_path: Path) -> None:
        self.folder, self.to = tmp_path / "theirs", tmp_path / "ours"
        self.folder.mkdir()

    def files(self, files: Mapping[str, str | bytes]) -> "Given":
        for name, content in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return self

    def imported(self, framework: str, **values: str) -> Import:
        return convert(framework, self.folder, self.to, values=values)

    def written(self) -> tuple[Migration, ...]:
        return MigrationSet.from_folder(self.to).migrations

    def refused(self, framework: str) -> list[str]:
        with pytest.raises(FilesError) as caught:
            self.imported(framework)
        assert not self.to.exists()
        assert list(self.to.parent.iterdir()) == [self.folder]
        return [str(problem).removeprefix(f"{self.folder}/") for problem in caught.value.problems]
