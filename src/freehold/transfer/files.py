"""Opens the files that the command line names: packed or not, standard input and output among them."""

import gzip
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, Final, cast

import zstandard

from freehold.transfer.errors import BadFile
from freehold.transfer.types import Form

STANDARD: Final = "-"
"""Stands for standard input or output."""

_FORMS: Final[dict[str, Form]] = {".ndjson": "ndjson", ".jsonl": "ndjson", ".json": "ndjson", ".csv": "csv"}
_PACKED: Final = (".gz", ".zst")
_OWN: Final = 0o600
"""For their owner alone: what is exported is about people."""


def form_of(name: str) -> Form | None:
    """Tell by a file's name how it is written; None when it does not say."""
    path = Path(name)
    return _FORMS.get((path.with_suffix("") if path.suffix in _PACKED else path).suffix)


@contextmanager
def reading(name: str) -> Iterator[tuple[BinaryIO, int | None]]:
    """Open a file to be read; gives its size, if it has one.

    Raises:
        BadFile: there is none, or it may not be read.
    """
    if name == STANDARD:
        yield sys.stdin.buffer, None
        return
    try:
        file = Path(name).open("rb")  # noqa: SIM115 - closed below; only opening it is to be explained
    except OSError as error:
        raise BadFile(f"cannot be opened: {error.strerror or error}") from error
    with file:
        yield file, os.fstat(file.fileno()).st_size or None


@contextmanager
def writing(name: str) -> Iterator[Callable[[bytes], object]]:
    """Write a file, packed as its name says. It gets its name when it is complete, so half of one is never found.

    Raises:
        BadFile: it cannot be written.
    """
    if name == STANDARD:
        yield sys.stdout.buffer.write
        return
    path = Path(name)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    with ExitStack() as at_end:
        try:
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWN)
            at_end.callback(unfinished.unlink, missing_ok=True)
            file = at_end.enter_context(os.fdopen(descriptor, "wb"))
            with _packing(file, path.suffix) as packed:
                yield packed.write
            file.flush()
            os.fsync(file.fileno())
            unfinished.replace(path)
        except OSError as error:
            raise BadFile(f"cannot be written: {error.strerror or error}") from error


@contextmanager
def _packing(file: BinaryIO, suffix: str) -> Iterator[BinaryIO]:
    """Pack without the time of day, so that the same rows make the same file; with a checksum, so that damage shows."""
    if suffix == ".gz":
        with gzip.GzipFile(fileobj=file, mode="wb", mtime=0, filename="", compresslevel=6) as packed:
            yield cast(BinaryIO, packed)
    elif suffix == ".zst":
        with zstandard.ZstdCompressor(write_checksum=True).stream_writer(file, closefd=False) as frames:
            yield cast(BinaryIO, frames)
    else:
        yield file
