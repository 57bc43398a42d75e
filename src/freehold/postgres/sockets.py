"""The private folder of the Unix socket: in the data directory, or elsewhere where that path would be too long."""

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from freehold.postgres.errors import PostgresError
from freehold.postgres.identity import Identity
from freehold.postgres.layout import Layout

SOCKET = ".s.PGSQL.5432"
OUTSIDE = "freehold-"
"""How the name of a folder outside of the data directory begins."""
LONGEST_BYTES = 107  # sockaddr_un holds 108 bytes on Linux, the last of them NUL


def socket_folder(layout: Layout) -> Path:
    """Give the folder of the running server's socket.

    Raises:
        PostgresError: the folder recorded outside the data directory is not ours alone.
    """
    folder = _recorded(layout)
    if folder is None:
        return layout.run
    if not _is_private(folder, layout):
        raise PostgresError(
            f"{folder}, recorded in {_record(layout)} as the socket's folder, is not ours alone: "
            "stop the server, then start it."
        )
    return folder


def make_socket_folder(layout: Layout, identity: Identity) -> Path:
    """Make the folder for a server about to start; one outside is new, or the one that we made and recorded before.

    To take that one again keeps the URL that users of a crashed server hold. A folder merely found there is never used.

    Raises:
        PostgresError: no folder's path is short enough.
    """
    folder = _recorded(layout)
    if folder is not None and _is_private(folder, layout):
        _remove_socket(folder)
        return folder
    remove_socket_folder(layout)
    if _fits(layout.run):
        return layout.run
    for base in _bases():
        if _fits(base / f"{OUTSIDE}12345678"):
            folder = Path(tempfile.mkdtemp(prefix=OUTSIDE, dir=base))  # 0700, and new
            identity.own(folder)
            _record(layout).write_bytes(os.fsencode(folder))
            return folder
    raise PostgresError(
        f"The path of the socket in {layout.run} would be longer than the system's {LONGEST_BYTES} bytes, and neither "
        "XDG_RUNTIME_DIR nor the folder for temporary files has a shorter one: name a shorter --data-dir."
    )


def remove_socket_folder(layout: Layout) -> None:
    """Remove the socket of a server that has ended, and the folder outside that it was given."""
    _remove_socket(layout.run)
    folder = _recorded(layout)
    if folder is None:
        return
    if _is_private(folder, layout):
        _remove_socket(folder)
        with suppress(OSError):  # somebody put something in it: theirs to clear away
            folder.rmdir()
    _record(layout).unlink()


def _remove_socket(folder: Path) -> None:
    # Left by a killed server; its lock file would stop the next one once its process number is in use again.
    for name in (SOCKET, f"{SOCKET}.lock"):
        (folder / name).unlink(missing_ok=True)


def _record(layout: Layout) -> Path:
    return layout.run / "socket-folder"


def _recorded(layout: Layout) -> Path | None:
    try:
        return Path(os.fsdecode(_record(layout).read_bytes()))
    except FileNotFoundError:
        return None


def _bases() -> list[Path]:
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    bases = [*([Path(runtime)] if runtime else []), Path(tempfile.gettempdir()), Path("/tmp")]  # noqa: S108 - mkdtemp's
    return [base for base in bases if base.is_absolute() and os.access(base, os.W_OK)]


def _fits(folder: Path) -> bool:
    # A comma separates hosts in a connection URL, even when it is escaped, and drivers take that URL for UTF-8.
    try:
        path = str(folder / SOCKET).encode()
    except UnicodeEncodeError:
        return False
    return len(path) <= LONGEST_BYTES and b"," not in path


def _is_private(folder: Path, layout: Layout) -> bool:
    try:
        found = folder.lstat()  # not stat: a symbolic link put in its place is not the folder we made
    except FileNotFoundError:
        return False
    ours = found.st_uid == layout.root.stat().st_uid
    return stat.S_ISDIR(found.st_mode) and ours and stat.S_IMODE(found.st_mode) == stat.S_IRWXU
