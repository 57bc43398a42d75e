"""The synchronous platform is the asynchronous one: every operation, with its parameters and its types."""

import inspect
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from pathlib import Path
from typing import Any, Self, cast, get_args, get_origin, get_type_hints

import pytest
from bench.packages import Unreachable, node_with
from tests.contract import sync_module
from tests.contract.renewal import REPOSITORY, compare
from tests.parts import parts

from freehold import Platform, sync
from freehold.data.context import Context
from freehold.groups import Bound
from freehold.sync.facade import Group as SyncGroup
from freehold.sync.facade import Working

FOLDER = REPOSITORY / "src/freehold/sync"
SYNC = sync.Platform(cast("Working", None))
OTHERWISE: dict[Any, Any] = {AsyncIterator: Iterator, AbstractAsyncContextManager: AbstractContextManager}


@pytest.mark.renews
def test_modules_are_what_the_operations_say():
    for name, text in sync_module.render().items():
        compare(FOLDER / name, text)


def operations(platform: object, of_sync: object, path: str) -> Iterator[tuple[str, Any, Any]]:
    """Find every operation with what does it synchronously."""
    for name, inner in parts(platform).items():
        beside = getattr(of_sync, name, None)  # None: what is new there is not renewed yet
        for method, bound in vars(type(inner)).items():
            if isinstance(bound, Bound):
                yield f"{path}.{name}.{method}", bound._operation, getattr(type(beside), method, None)
        yield from operations(inner, beside, f"{path}.{name}")


def _method_of(name: str) -> Any:
    found = vars(sync.Platform).get(name)
    return found and sync_module.function_of(found)


ALL = [*operations(Platform(cast("Context", None)), SYNC, "platform")]
OF_PLATFORM = [
    (name, sync_module.function_of(member), _method_of(name))
    for name, member in sync_module.public(Platform)
    if name not in sync_module.LEFT_OUT
]

NAMES = [name for name, _, _ in ALL] + [f"platform.{name}" for name, _, _ in OF_PLATFORM]


def otherwise(kind: Any) -> Any:
    """What a synchronous program has instead of a type."""
    if kind in {Platform, AsyncIterator[Platform], Self}:  # the last but one is what opens it
        return sync.Platform
    origin = get_origin(kind)
    return OTHERWISE[origin][get_args(kind)] if origin in OTHERWISE else kind


def parameters(of: Any) -> list[tuple[str, Any, Any]]:
    signature = inspect.signature(of)
    return [(each.name, each.kind, _comparable(each.default)) for each in signature.parameters.values()][1:]


def _comparable(default: Any) -> Any:
    return default.__code__.co_code if inspect.isfunction(default) else default


def types(of: Any, *, but: set[str]) -> dict[str, Any]:
    if given := getattr(of, "__signature__", None):
        found = {name: each.annotation for name, each in given.parameters.items()}
        found["return"] = given.return_annotation
        annotated = type("Annotated", (), {"__annotations__": found, "__module__": of.__module__})
        hints = get_type_hints(annotated, vars(sys.modules[of.__module__]), include_extras=True)
    else:
        hints = get_type_hints(of, include_extras=True)
    return {name: otherwise(kind) for name, kind in hints.items() if name not in but}


@pytest.mark.parametrize(
    ("name", "operation", "method"), [*ALL, *OF_PLATFORM], ids=[each[0] for each in (*ALL, *OF_PLATFORM)]
)
def test_operation_has_the_same_parameters_and_types(name: str, operation: Any, method: Any):
    assert method is not None, f"{name} has no synchronous form: run 'make renew'"
    assert parameters(method) == parameters(operation), name
    assert types(method, but={"self", "cls"}) == types(operation, but={"context", "self", "cls"}), name
    assert not inspect.iscoroutinefunction(method)


def test_nothing_is_left_out_without_a_reason():
    assert len(ALL) > 90
    offered = {name for name, _ in sync_module.public(Platform)}
    assert offered - set(sync_module.LEFT_OUT) <= {name for name in dir(sync.Platform) if not name.startswith("_")}
    for part in vars(SYNC).values():
        if isinstance(part, SyncGroup):
            assert not [name for name in dir(type(part)) if inspect.iscoroutinefunction(getattr(part, name))]


def revealed(command: list[str | Path], lines: re.Pattern[str]) -> list[str]:
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, cwd=REPOSITORY)
    found = lines.findall(done.stdout)
    assert found, done.stdout + done.stderr
    return found


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program that asks for the type of every method."""
    file = tmp_path / "reveal.py"
    asked = "".join(f"    reveal_type({name})\n" for name in NAMES)
    file.write_text(f"from freehold.sync import Platform\ndef use(platform: Platform) -> None:\n{asked}")
    return file


def assert_all_are_types(found: list[str]) -> None:
    assert len(found) == len(NAMES)
    vague = re.compile(r"\bAny\b|Unknown|\.\.\.|Awaitable|Coroutine")
    assert [name for name, kind in zip(NAMES, found, strict=True) if vague.search(kind)] == []


def test_mypy_sees_every_type(program: Path):
    options = ["--config-file=", "--strict", "--follow-imports=silent", f"--cache-dir={program.parent / 'cache'}"]
    found = revealed([sys.executable, "-m", "mypy", *options, program], re.compile(r'Revealed type is "(.*)"'))
    assert_all_are_types(found)


@pytest.mark.long  # it is fetched from the registry
def test_pyright_sees_every_type(program: Path, tmp_path: Path):
    try:
        home = node_with("pyright", peers=Path(__file__).parent, installed=tmp_path)
    except Unreachable as error:
        pytest.skip(str(error))
    command: list[str | Path] = [
        "node",
        home / "node_modules/pyright/index.js",
        "--pythonpath",
        sys.executable,
        program,
    ]
    assert_all_are_types(revealed(command, re.compile(r'Type of "[^"]*" is "(.*)"')))
