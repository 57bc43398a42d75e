"""How a command fails: one line on standard error that says what is wrong and what to do, and an exit status."""

import os
import sys
import traceback
from collections.abc import Sequence

import click

FAILED, WRONG_USAGE, INTERRUPTED = 1, 2, 130
DEBUG = "FREEHOLD_DEBUG"


class Refused(click.ClickException):
    """What a command was asked for cannot be done; one line for each reason."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = reasons


def run(command: click.Command, arguments: Sequence[str]) -> int:
    """Run a command and return its exit status; whatever goes wrong has been told then."""
    try:
        answer = command.main(arguments, prog_name="freehold", standalone_mode=False)
        sys.stdout.flush()  # here, where a reader that has gone (`| head`) is no surprise
    except click.UsageError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        return _tell(error.reasons if isinstance(error, Refused) else (error.format_message(),), error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left is flushed at exit, into nothing
        return FAILED
    except ModuleNotFoundError:
        raise  # the program knows which extra brings it
    except Exception as error:  # noqa: BLE001 - a bug is told in a line, too
        return _tell_bug(error)
    return answer if isinstance(answer, int) else 0  # click returns the status of `--help` and of ctx.exit()


def _tell(reasons: Sequence[str], status: int) -> int:
    for reason in reasons:
        click.echo(f"freehold: {reason}", err=True)
    return status


def _tell_bug(error: Exception) -> int:
    if os.environ.get(DEBUG) == "1":
        traceback.print_exception(error)
        return FAILED
    # Not the error's own text: nobody has made sure that it holds no secret.
    return _tell(
        (f"unexpected {type(error).__name__}: please report it (set {DEBUG}=1 to see where it happened)",), FAILED
    )
