"""Bringing PostgreSQL up in a cluster, and down again."""

import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from freehold.postgres import keeper
from freehold.postgres.binaries import Binaries
from freehold.postgres.cluster import make_cluster
from freehold.postgres.errors import PostgresError
from freehold.postgres.identity import Identity
from freehold.postgres.layout import Layout
from freehold.postgres.lock import POLL_SECONDS, Lock, polled
from freehold.postgres.postmaster import live_postmaster, remove_stale_pid_file
from freehold.postgres.programs import Command, launch
from freehold.postgres.serverlog import last_words, open_log
from freehold.postgres.sockets import make_socket_folder, remove_socket_folder

FAST_SETTINGS = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")
STOP_SECONDS = 120.0  # a last checkpoint on a slow disk
REMNANT_SECONDS = 60.0  # a killed server's backends notice it at their next wait
SLOW_SECONDS = 2.0


@dataclass
class Launcher:
    """Starts and ends the server of one cluster; its methods are for one's own `lease.turn` only."""

    layout: Layout
    binaries: Binaries
    identity: Identity
    progress: Callable[[str], None]
    fast: bool

    def bring_up(self) -> bool:
        """Return once the server accepts connections, and tell whether it was started here or ran already.

        While PostgreSQL works on its recovery this waits with it, however long that takes, and says so once.

        Raises:
            PostgresError: it ended instead (with the end of its log), or processes of a killed server do not end.
        """
        log_begin: int | None = None
        told = False
        begin = time.monotonic()
        while True:
            lock = self._cluster_lock()
            if not lock.try_exclusive():
                lock.close()
            elif log_begin is None:
                log_begin = self._start(lock)
                begin = time.monotonic()
            else:
                lock.release()
                raise self._failure(log_begin)
            postmaster = live_postmaster(self.layout)
            if postmaster is not None and postmaster.ready:
                return log_begin is not None
            waited = time.monotonic() - begin
            if postmaster is None and waited > REMNANT_SECONDS:
                raise PostgresError(
                    f"Processes of a PostgreSQL that was killed still work in {self.layout.cluster}: find them with "
                    f"`lsof +D {self.layout.cluster}`, end them, then run this again."
                )
            if waited > SLOW_SECONDS and not told:
                self.progress(f"PostgreSQL is not ready yet (recovering after a crash?); its log: {self.layout.log}")
                told = True
            time.sleep(POLL_SECONDS)

    def end(self) -> None:
        """End the server cleanly: open transactions are rolled back, and all that was committed is on disk.

        Raises:
            PostgresError: it takes longer than two minutes.
        """
        postmaster = live_postmaster(self.layout)
        if postmaster is not None:
            os.kill(postmaster.pid, signal.SIGINT)  # PostgreSQL's "fast" shutdown
        lock = self._cluster_lock()
        try:
            if not any(lock.try_exclusive() for _ in polled(STOP_SECONDS)):
                raise PostgresError(
                    f"PostgreSQL in {self.layout.root} has been stopping for {STOP_SECONDS:.0f} s: wait for it; "
                    f"its log: {self.layout.log}"
                )
            remove_socket_folder(self.layout)
        finally:
            lock.release()

    def _cluster_lock(self) -> Lock:
        """Open the lock that PostgreSQL's processes inherit: while one of them lives, nobody else gets it."""
        return Lock(self.layout.run / "cluster.lock")

    def _start(self, lock: Lock) -> int:
        """Start the server, its keeper and, the first time, its cluster; gives the size of the log before."""
        try:
            remove_stale_pid_file(self.layout)
            if not self.layout.cluster.exists():
                self.progress(f"Making a new PostgreSQL {self.binaries.major} database in {self.layout.root}")
                make_cluster(self.layout, self.binaries, self.identity, lock, fast=self.fast)
            self.progress(f"Starting PostgreSQL {self.binaries.major}")
            return self._spawn(lock)
        finally:
            lock.close()  # not released: the processes that inherited it hold it from now on

    def _spawn(self, lock: Lock) -> int:
        lease = Lock(self.layout.run / "lease.lock")  # opened anew, so not the share that we hold ourselves
        fds = (lease.fileno(), lock.fileno())
        try:
            with open_log(self.layout.log) as log:
                begin = self.layout.log.stat().st_size
                keep: Command = (sys.executable, "-I", "-S", keeper.__file__, *map(str, fds))
                postgres: Command = (*self.identity.prefix, self.binaries.path("postgres"), "-D", self.layout.cluster)
                if not launch((*keep, *postgres, *self._settings()), log=log, pass_fds=fds):
                    raise self._failure(begin)
        finally:
            lease.close()
        return begin

    def _settings(self) -> list[str]:
        folder = make_socket_folder(self.layout, self.identity)
        quoted = '"' + str(folder).replace('"', '""') + '"'
        private = (
            "listen_addresses=",
            "port=5432",
            f"unix_socket_directories={quoted}",
            "unix_socket_permissions=0700",
            # The details of an error repeat what people have entered: "Key (email)=(ada@example.com) already exists".
            "log_error_verbosity=terse",
        )
        return [part for setting in (*private, *(FAST_SETTINGS if self.fast else ())) for part in ("-c", setting)]

    def _failure(self, log_begin: int) -> PostgresError:
        return PostgresError(
            f"PostgreSQL did not start in {self.layout.cluster}. The end of its log, {self.layout.log}:\n"
            + last_words(self.layout.log, log_begin)
        )
