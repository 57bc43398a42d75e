"""PostgreSQL's parent process: ends it, cleanly, when nobody uses it any more, even if all its users were killed.

A program of its own, started by path with nothing but the standard library, so that it costs little and lives on when
the command that started it is gone: keeper.py LEASE_FD CLUSTER_FD COMMAND...

Every user of the server holds a shared lock on the file that LEASE_FD has open: to get that lock alone means that the
last user has gone. CLUSTER_FD holds a lock that PostgreSQL's processes inherit: it is held while one of them lives.
"""

import fcntl
import os
import signal
import subprocess
import sys
import threading


def main() -> int:
    """Run COMMAND in the background until it ends by itself or has no users."""
    if os.fork():
        return 0  # so that the keeper is nobody's child: it may outlive whoever started it, and leaves them no zombie
    lease, cluster, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    # Whoever ends a whole group of processes (a terminal, systemd) means the users; PostgreSQL goes after them.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: None)  # not SIG_IGN, which PostgreSQL would inherit
    try:
        postgres = subprocess.Popen(command, pass_fds=(cluster,))  # noqa: S603 - the command is our parent's own
    except OSError as error:
        sys.exit(f"{command[0]} cannot be run: {error.strerror}")  # into the log, which the user is shown
    os.close(cluster)

    def end_when_unused() -> None:
        fcntl.flock(lease, fcntl.LOCK_EX)
        postgres.send_signal(signal.SIGINT)  # "fast": open transactions are rolled back, then a clean end

    threading.Thread(target=end_when_unused, daemon=True).start()
    return postgres.wait()


if __name__ == "__main__":
    sys.exit(main())
