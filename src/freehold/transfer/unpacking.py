"""The bytes of a file, whether they are packed (gzip, zstd) or not, a piece at a time."""

import zlib
from collections.abc import Callable, Iterator
from itertools import chain
from typing import BinaryIO, Final, Protocol

import zstandard

from freehold.transfer.errors import BadFile

PIECE: Final = 256 * 1024
"""How many bytes are read at a time, and how long a piece that comes out is at most, but for zstd (see there)."""

_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_BOM = b"\xef\xbb\xbf"
_WINDOW = 128 * 2**20
"""How much zstd may keep in memory: what `zstd --long` takes at most; files made without it take 8 MiB."""
_SIP = 256
"""Bytes of zstd that are unpacked at a time. Its library has no limit for what comes out, which is at most 128 KiB for
every 4 bytes: 8 MiB for a sip."""


class _Unpacker(Protocol):
    """One member of a gzip file, or one frame of a zstd file."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...


def pieces(file: BinaryIO, on_read: Callable[[int], object] = lambda _count: None) -> Iterator[bytes]:
    """Give what a file holds, unpacked if need be and without a byte order mark.

    Args:
        file: read to its end; a pipe will do.
        on_read: is told how many more bytes of it have been read.

    Raises:
        BadFile: it is cut off, damaged, not readable, or UTF-16.
    """
    unpacked = _unpacked(_read(file, on_read))
    head = b""
    while len(head) < len(_BOM) and (piece := next(unpacked, b"")):
        head += piece
    if head.startswith(_UTF16):
        raise BadFile("is written in UTF-16: save it as UTF-8")
    yield head.removeprefix(_BOM)
    yield from unpacked


def _read(file: BinaryIO, on_read: Callable[[int], object]) -> Iterator[bytes]:
    while True:
        try:
            piece = file.read(PIECE)
        except OSError as error:
            raise BadFile(f"cannot be read: {error.strerror or error}") from error
        if not piece:
            return
        on_read(len(piece))
        yield piece


def _unpacked(raw: Iterator[bytes]) -> Iterator[bytes]:
    head = next(raw, b"")
    if head.startswith(_GZIP):
        yield from _gunzipped(head, raw)
    elif head.startswith(_ZSTD):
        yield from _unzstded(head, raw)
    else:
        yield head
        yield from raw


def _gunzipped(data: bytes, raw: Iterator[bytes]) -> Iterator[bytes]:
    member = zlib.decompressobj(wbits=31)
    while data:
        if member.eof:  # another member follows, as `cat a.gz b.gz` makes them
            if not data.startswith(_GZIP[: len(data)]):
                return  # padding
            member = zlib.decompressobj(wbits=31)
        try:
            yield member.decompress(data, PIECE)
        except zlib.error as error:
            raise BadFile(f"is damaged: its gzip data cannot be unpacked ({error})") from None
        data = member.unused_data or member.unconsumed_tail or next(raw, b"")
    _require_end(member, "gzip")


def _unzstded(head: bytes, raw: Iterator[bytes]) -> Iterator[bytes]:
    unpack = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
    frame = unpack.decompressobj()
    sips = (piece[at : at + _SIP] for piece in chain([head], raw) for at in range(0, len(piece), _SIP))
    data = next(sips)
    while data:
        if frame.eof:  # another frame follows
            frame = unpack.decompressobj()
        try:
            yield frame.decompress(data)
        except zstandard.ZstdError as error:
            raise BadFile(f"is damaged: its zstd data cannot be unpacked ({error})") from None
        data = frame.unused_data or next(sips, b"")
    _require_end(frame, "zstd")


def _require_end(unpacker: _Unpacker, name: str) -> None:
    if not unpacker.eof:
        raise BadFile(f"is cut off: its {name} data has no end; copy or pack it again")
