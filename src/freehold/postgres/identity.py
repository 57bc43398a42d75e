"""As whom PostgreSQL's programs run: they refuse root, yet containers and small machines often have nobody else."""

import os
import pwd
import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from freehold.postgres.errors import PostgresError
from freehold.postgres.programs import run

NAMESPACE = ("unshare", "-U", "--map-user=1000", "--map-group=1000")
FALLBACK_ACCOUNT = "nobody"


@dataclass(frozen=True)
class Identity:
    """The command prefix that PostgreSQL's programs run under, and the account that owns their files."""

    prefix: tuple[str, ...] = ()
    uid: int | None = None
    gid: int | None = None

    def own(self, path: Path) -> None:
        """Give `path`, and everything below it, to the account, when that is another one than ours.

        Links are passed over: the account could point one at a file of root's, to be given it.
        """
        if self.uid is None or self.gid is None:
            return
        for entry in (path, *path.rglob("*")):
            with suppress(FileNotFoundError):  # PostgreSQL removes files of its own meanwhile
                found = entry.lstat()
                if stat.S_ISDIR(found.st_mode) or (not stat.S_ISLNK(found.st_mode) and found.st_nlink == 1):
                    os.chown(entry, self.uid, self.gid, follow_symlinks=False)

    def require_access(self, folder: Path) -> None:
        """Make sure that the account can reach and fill the folder.

        Raises:
            PostgresError: it cannot; usually a folder above is closed to it.
        """
        if self.uid is not None and run((*self.prefix, "test", "-w", folder, "-a", "-x", folder)).returncode != 0:
            raise PostgresError(
                f"PostgreSQL refuses to run as root and would run as {_name(self.uid)}, who cannot reach {folder}: "
                "open the folders above it (chmod o+x), or name a directory elsewhere, such as below /var/lib, with "
                "--data-dir."
            )


def identity_for(data_dir: Path) -> Identity:
    """Choose as whom PostgreSQL works in `data_dir`, which need not exist yet.

    An ordinary user is themselves. Root is the directory's owner where that is an ordinary account; in a directory of
    root's own (or a new one) root stays the owner and works in a user namespace, in which it is seen as user 1000.
    Where the kernel or the container forbids that, the account `nobody` gets the directory.

    Raises:
        PostgresError: the directory is another user's, or root has no way to become an ordinary account.
    """
    owner = data_dir.stat().st_uid if data_dir.exists() else os.geteuid()
    if os.geteuid() != 0:
        if owner != os.geteuid():
            raise PostgresError(
                f"{data_dir} belongs to user {_name(owner)}, but this is user {_name(os.geteuid())}: "
                f"run the command as {_name(owner)}, or name another directory with --data-dir."
            )
        return Identity()
    if owner != 0:
        return _account(pwd.getpwuid(owner) if _known(owner) else None, owner)
    if user_namespaces_work():
        return Identity(prefix=NAMESPACE)
    try:
        account = pwd.getpwnam(FALLBACK_ACCOUNT)
    except KeyError:
        raise PostgresError(
            "PostgreSQL refuses to run as root; user namespaces are not permitted here (tried: unshare -U), and there "
            f"is no account `{FALLBACK_ACCOUNT}`: run the command as an ordinary user, or in a directory owned by one."
        ) from None
    return _account(account, account.pw_uid)


@lru_cache
def user_namespaces_work() -> bool:
    """Tell whether this kernel lets us map ourselves to an ordinary user; tried once per process."""
    return shutil.which(NAMESPACE[0]) is not None and run((*NAMESPACE, "true")).returncode == 0


def _account(account: pwd.struct_passwd | None, uid: int) -> Identity:
    if shutil.which("setpriv") is None:
        raise PostgresError(
            "PostgreSQL refuses to run as root, and `setpriv` (package util-linux), with which it would run as "
            f"{_name(uid)}, is missing: install util-linux, or run the command as {_name(uid)}."
        )
    gid = account.pw_gid if account else uid
    return Identity(("setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "--"), uid, gid)


def _known(uid: int) -> bool:
    return _name(uid) != str(uid)


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
