"""`freehold` commands in a process each, which begin where a fresh one has done its imports.

Half of what a short command takes is importing. So one process does that, and is forked for each command.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

DEADLINE_SECONDS = 120
_STANDARD = 3  # input, output and errors
_START = "import sys; sys.path[:0] = sys.argv[2:]; from tests.forker import serve; serve(int(sys.argv[1]))"


class Forker:
    """Runs commands of `freehold`, each with an environment, input and folder of its own."""

    def __init__(self) -> None:
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _START, str(theirs.fileno()), str(Path(__file__).parents[1])],
                pass_fds=[theirs.fileno()],
            )
        self._ours.settimeout(DEADLINE_SECONDS)

    def run(
        self, *arguments: str, environment: Mapping[str, str], folder: Path, stdin: str | bytes | None = ""
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end; without `stdin` it has this process's own."""
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            given.write(stdin.encode() if isinstance(stdin, str) else stdin or b"")
            given.seek(0)
            files = [0 if stdin is None else given.fileno(), output.fileno(), errors.fileno()]
            request = json.dumps([arguments, dict(environment), str(folder)]).encode()
            socket.send_fds(self._ours, [request], files)
            status = int(self._ours.recv(16))
            output.seek(0)
            errors.seek(0)
            return subprocess.CompletedProcess(
                ["freehold", *arguments], status, output.read().decode(), errors.read().decode()
            )

    def close(self) -> None:
        """End the process that is forked."""
        self._ours.close()
        self._process.wait(DEADLINE_SECONDS)


def serve(descriptor: int) -> None:
    """Run each command that comes, in a fork; return when nobody is left to send one."""
    _import_everything()
    with socket.socket(fileno=descriptor) as requests:
        while True:
            request, files, _, _ = socket.recv_fds(requests, 1 << 20, _STANDARD)
            if not request:
                return
            if (child := os.fork()) == 0:
                requests.close()
                _become(files, *json.loads(request))
            for file in files:
                os.close(file)
            _, ended = os.waitpid(child, 0)
            requests.send(str(os.waitstatus_to_exitcode(ended)).encode())


def _import_everything() -> None:
    import click  # noqa: PLC0415 - in the process that is forked

    import freehold.public  # noqa: F401, PLC0415 - the same
    from freehold.cli.program import program  # noqa: PLC0415 - the same

    context = click.Context(program)
    groups: list[click.Group] = [program]
    while groups:
        group = groups.pop()
        commands = [group.get_command(context, name) for name in group.list_commands(context)]
        groups += [each for each in commands if isinstance(each, click.Group)]


def _become(files: list[int], arguments: list[str], environment: dict[str, str], folder: str) -> NoReturn:
    status: object = 1
    try:
        for number, file in enumerate(files):
            os.dup2(file, number)
        sys.stdin, sys.stdout, sys.stderr = (
            open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115 - open to the end, as any process's
            for number, mode in enumerate("rww")
        )
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(folder)
        sys.argv = ["freehold", *arguments]
        from freehold.cli import main  # noqa: PLC0415 - in the fork

        main()
    except SystemExit as end:
        status = end.code
        if isinstance(status, str):
            sys.stderr.write(f"{status}\n")
            status = 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status if isinstance(status, int) else 0)
