"""As whom PostgreSQL's programs run: they refuse root, yet containers and small machines often have nobody else."""

import os
import pwd
import shutil
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
        """Give `path` to the account, when that is another one than ours."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def own_tree(self, path: Path) -> None:
        """Give `path` and everything below it to the account, when that is another one than ours."""
        if self.uid is None:
            return
        self.own(path)
        for folder, folders, files in os.walk(path):
            for name in (*folders, *files):
                self.own(Path(folder, name))


def identity_for(data_dir: Path) -> Identity:
    """Choose as whom PostgreSQL works in `data_dir`.

    An ordinary user is themselves. Root is the directory's owner where that is an ordinary account; in a directory of
    root's own (or a new one) root stays the owner and works in a user namespace, in which it is seen as user 1000.
    Where the kernel or the container forbids that, the account `nobody` gets the directory.

    Raises:
        PostgresError: the directory is another user's, or root has no way to become an ordinary account.
    """
    owner = data_dir.stat().st_uid if data_dir.exists() else os.geteuid()
    if os.geteuid() != 0:
        if owner != os.geteuid():
            msg = (
                f"{data_dir} belongs to user {_name(owner)}, but this is user {_name(os.geteuid())}: "
                f"run the command as {_name(owner)}, or name another directory with --data-dir."
            )
            raise PostgresError(msg)
        return Identity()
    if owner != 0:
        return _account(pwd.getpwuid(owner) if _known(owner) else None, owner)
    if user_namespaces_work():
        return Identity(prefix=NAMESPACE)
    try:
        account = pwd.getpwnam(FALLBACK_ACCOUNT)
    except KeyError:
        msg = (
            "PostgreSQL refuses to run as root; user namespaces are not permitted here (tried: unshare -U) and there is no "
            f"account `{FALLBACK_ACCOUNT}`: run the command as an ordinary user, or give it a directory owned by one."
        )
        raise PostgresError(msg) from None
    return _account(account, account.pw_uid)


@lru_cache
def user_namespaces_work() -> bool:
    """Tell whether this kernel lets us map ourselves to an ordinary user; tried once per process."""
    return shutil.which(NAMESPACE[0]) is not None and run((*NAMESPACE, "true")).returncode == 0


def _account(account: pwd.struct_passwd | None, uid: int) -> Identity:
    if shutil.which("setpriv") is None:
        msg = (
            f"PostgreSQL refuses to run as root, and `setpriv` (package util-linux) is missing, with which it would run as "
            f"{_name(uid)}: install util-linux, or run the command as {_name(uid)}."
        )
        raise PostgresError(msg)
    gid = account.pw_gid if account else uid
    return Identity(("setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "--"), uid, gid)


def _known(uid: int) -> bool:
    return _name(uid) != str(uid)


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
