"""Applications with Freehold under real servers, with the oldest and the newest framework that is supported."""

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from bench.packages import INSTALL, UNREACHABLE
from tests.conftest import PASSWORD
from tests.contract.renewal import REPOSITORY
from tests.transfer.test_real_systems import environment
from tests.waiting import eventually

HERE = Path(__file__).with_name("servers")
EXAMPLES = REPOSITORY / "examples"
DEADLINE_SECONDS = 300
GONE = "postgresql://nobody@127.0.0.1:1/nowhere"
SEED = f"""
from freehold import NewApiKey, NewOrganization, NewUser
from freehold.integrations.django import platform

ada, bob = [
    platform().users.create(NewUser(username=name, email=f"{{name}}@example.com", password="{PASSWORD}"))
    for name in ("ada", "bob")
]
acme = platform().acting_as(ada.id).organizations.create(NewOrganization(name="Acme"))
platform().acting_as(bob.id).organizations.create(NewOrganization(name="Navy"))
new = NewApiKey(name="ci", actions=("invoice.read", "invoice.create"))
print("KEY", platform().organizations.api_keys.create(acme.id, new).key)
"""

pytestmark = pytest.mark.long  # the environments are made from the registry


def python_of(kind: str) -> str:
    """Name a Python for an environment: the newest Django has left 3.11 behind."""
    if kind == "oldest" or sys.version_info >= (3, 12):
        return sys.executable
    root = subprocess.run(["pyenv", "root"], capture_output=True, text=True, check=False).stdout.strip()
    others = [shutil.which(f"python3.{minor}") for minor in (14, 13, 12)]
    others += [str(each) for minor in (14, 13, 12) for each in Path(root).glob(f"versions/3.{minor}.*/bin/python")]
    for each in filter(None, others):
        newer = "import sys, venv; sys.exit(sys.version_info < (3, 12))"
        if subprocess.run([each, "-c", newer], capture_output=True, check=False).returncode == 0:
            return each
    pytest.skip("there is no Python 3.12 or later here")


@pytest.fixture(scope="module", params=["oldest", "newest"])
def binaries(request: pytest.FixtureRequest) -> Path:
    """Make an environment, once for each list of packages, and return the folder of its programs."""
    wanted = HERE / request.param / "requirements.txt"
    home = REPOSITORY / f".venv-servers-{request.param}"
    if not (home / wanted.name).exists() or (home / wanted.name).read_bytes() != wanted.read_bytes():
        shutil.rmtree(home, ignore_errors=True)
        subprocess.run([python_of(request.param), "-m", "venv", home], check=True)
        for each in (REPOSITORY / "requirements/runtime.txt", wanted):
            done = subprocess.run(
                [home / "bin/python", INSTALL, each], capture_output=True, encoding="utf-8", check=False
            )
            if done.returncode and UNREACHABLE.search(done.stderr):
                pytest.skip("the registry does not answer")
            assert done.returncode == 0, done.stdout + done.stderr
        shutil.copy(wanted, home)
    return home / "bin"


def variables(url: str, role: str = "freehold_tenant") -> dict[str, str]:
    """Say where the database is to the programs of the project."""
    left_out = ("FREEHOLD_", "PG", "DJANGO_", "PYTHON", "COV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    return {
        **kept,
        **environment(url),
        "SECRET_KEY": "of a test",
        "FREEHOLD_TENANT_ROLE": role,
        "PYTHONPATH": str(REPOSITORY / "src"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


@contextmanager
def served(
    command: Sequence[str | Path], folder: Path, environment: dict[str, str], address: Path
) -> Iterator[httpx.Client]:
    """Run a server on a socket, and give a browser of it."""
    log = address.with_suffix(".log")
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=output)
    try:
        with httpx.Client(
            transport=httpx.HTTPTransport(uds=str(address)), base_url="http://localhost", timeout=DEADLINE_SECONDS
        ) as client:

            def is_up() -> bool:
                assert process.poll() is None, log.read_text()
                with socket.socket(socket.AF_UNIX) as probe:  # httpx would leave a socket open at each try
                    return probe.connect_ex(str(address)) == 0

            eventually(is_up)
            yield client
    finally:
        process.terminate()
        process.wait(60)
    assert "Traceback" not in log.read_text()


Manage = Callable[..., str]


@pytest.fixture
def role(empty_database_url: str) -> Iterator[str]:
    """The name of a role for tenants, which the examples make: all databases of the server share their roles."""
    name = f"tenant_{uuid4().hex[:12]}"
    yield name
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        connection.execute(f"DROP OWNED BY {name}; DROP ROLE {name}")


def copied(name: str, folder: Path, role: str) -> Path:
    """Copy an example, whose migrations name the role."""
    made = Path(shutil.copytree(EXAMPLES / name, folder, ignore=shutil.ignore_patterns("__pycache__")))
    for path in (*made.rglob("*.sql"), *made.rglob("*.py")):
        path.write_text(path.read_text("utf-8").replace("freehold_tenant", role), "utf-8")
    return made


@pytest.fixture
def manage(binaries: Path, empty_database_url: str, role: str, tmp_path: Path) -> Manage:
    """Run a command of the example's ``manage.py``."""
    folder = copied("invoices_django", tmp_path / "invoices", role)

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [binaries / "python", "manage.py", *arguments],
            cwd=folder,
            env=variables(empty_database_url, role),
            capture_output=True,
            encoding="utf-8",
            timeout=DEADLINE_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


SERVERS: dict[str, list[str]] = {
    "gunicorn": ["gunicorn", "project.wsgi", "--workers", "2", "--threads", "2", "--bind", "unix:{}"],
    "gunicorn-preload": ["gunicorn", "project.wsgi", "--preload", "--workers", "2", "--bind", "unix:{}"],
    "uvicorn": ["uvicorn", "project.asgi:application", "--uds", "{}"],
    "hypercorn": ["hypercorn", "project.asgi:application", "--bind", "unix:{}"],
    "granian": ["granian", "project.asgi:application", "--interface", "asgi", "--uds", "{}"],
    "granian-wsgi": ["granian", "project.wsgi:application", "--interface", "wsgi", "--uds", "{}"],
}
ASGI_SERVERS: dict[str, list[str]] = {
    "uvicorn": ["uvicorn", "app:app", "--uds", "{}"],
    "hypercorn": ["hypercorn", "app:app", "--bind", "unix:{}"],
    "granian": ["granian", "app:app", "--interface", "asgi", "--workers", "2", "--uds", "{}"],
    "gunicorn": ["gunicorn", "app:app", "--worker-class", "asgi", "--workers", "2", "--bind", "unix:{}"],
}


def token_in(page: httpx.Response) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
    assert found, page.text
    return found[1]


def posted(client: httpx.Client, path: str, page: httpx.Response, **fields: Any) -> httpx.Response:
    form = {"csrfmiddlewaretoken": token_in(page), **fields}
    return client.post(path, data=form, headers={"Accept": "text/html", "Origin": "http://localhost"})


@pytest.mark.usefixtures("client_programs")
def test_example_of_django(manage: Manage, binaries: Path, empty_database_url: str, role: str, tmp_path: Path):
    manage("freehold_migrate")
    protects = tmp_path / "invoices/invoices/migrations/0002_protect_invoices_invoice.py"
    shipped = protects.read_text("utf-8")
    protects.unlink()
    manage("migrate", "--verbosity", "0")
    assert str(protects) in manage("freehold_protect", "invoices.Invoice")
    assert protects.read_text("utf-8") == shipped
    manage("migrate", "--verbosity", "0")
    manage("migrate", "--verbosity", "0", "invoices", "0001")
    manage("migrate", "--verbosity", "0")
    assert "0 errors, 0 warnings" in manage("freehold_tenants", "check")
    manage("check", "--fail-level", "WARNING")
    assert "No changes detected" in manage("makemigrations", "--check", "--dry-run")
    found = re.search(r"KEY (\S+)", manage("shell", "-c", SEED))
    assert found
    program = {"Authorization": f"Bearer {found[1]}"}
    for number, (name, command) in enumerate(SERVERS.items(), 1):
        address = tmp_path / f"{name}.sock"
        filled: list[str | Path] = [binaries / command[0], *(each.format(address) for each in command[1:])]
        with served(filled, tmp_path / "invoices", variables(empty_database_url, role), address) as client:
            journey(client, program, number)


def journey(client: httpx.Client, program: dict[str, str], number: int) -> None:
    """Do as people and programs do, and tell nobody what is not theirs."""
    people = {"Accept": "text/html"}
    assert "Sign in" in client.get("/").text
    sent = client.get("/organizations/acme/invoices", headers=people)
    assert (sent.status_code, sent.headers["location"]) == (302, "/accounts/login/?next=/organizations/acme/invoices")
    wrong = posted(client, "/accounts/login/", client.get("/accounts/login/"), username="ada", password="Lovelace2")
    assert "correct username" in wrong.text
    signed_in = posted(client, "/accounts/login/", client.get("/accounts/login/"), username="ada", password=PASSWORD)
    assert signed_in.status_code == 302
    assert "/organizations/acme/invoices" in client.get("/").text
    page = client.get("/organizations/acme/invoices", headers=people)
    added = posted(client, "/organizations/acme/invoices", page, number=f"A-{number}", cents=100)
    assert added.status_code == 302
    assert f"A-{number}: 100" in client.get("/organizations/acme/invoices", headers=people).text
    assert client.get("/organizations/navy/invoices", headers=people).status_code == 404
    foreign = {"Origin": "https://evil.example"}
    path = "/api/organizations/acme/invoices"
    assert client.post(path, json={"number": "X", "cents": 1}, headers=foreign).json()["code"] == "origin_refused"
    out = posted(client, "/accounts/logout/", page)
    assert out.status_code == 302
    assert client.get("/organizations/acme/invoices", headers=people).status_code == 302
    client.cookies.clear()
    assert client.get(path).json()["code"] == "unauthenticated"
    made = client.post(path, json={"number": f"B-{number}", "cents": 50}, headers=program)
    assert (made.status_code, made.json()) == (201, {"number": f"B-{number}", "cents": 50})
    taken = client.post(path, json={"number": f"B-{number}", "cents": 50}, headers=program)
    assert taken.status_code == 422
    assert len(client.get(path, headers=program).json()["data"]) == 2 * number
    assert client.get("/api/organizations/acme/total", headers=program).json() == {"cents": 150 * number}
    for elsewhere in ("invoices", "total"):
        assert client.get(f"/api/organizations/navy/{elsewhere}", headers=program).json()["code"] == "not_found"


def freehold(binaries: Path, folder: Path, environment: dict[str, str], *arguments: str) -> str:
    """Run a command as the example's README has it."""
    done = subprocess.run(
        [binaries / "python", "-c", "from freehold.cli import main; main()", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=DEADLINE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.usefixtures("client_programs")
def test_example_of_fastapi(binaries: Path, empty_database_url: str, role: str, tmp_path: Path):
    folder = copied("invoices_fastapi", tmp_path / "invoices", role)
    environment = variables(empty_database_url, role) | {"FREEHOLD_DATABASE_URL": empty_database_url}
    freehold(binaries, folder, environment, "tenants", "role")
    freehold(binaries, folder, environment, "migrate", "rehearse", "--dir", "migrations")
    freehold(binaries, folder, environment, "migrate", "apply", "--dir", "migrations")
    assert "0 errors, 0 warnings" in freehold(binaries, folder, environment, "tenants", "check")
    for number, (name, command) in enumerate(ASGI_SERVERS.items(), 1):
        address = tmp_path / f"{name}.sock"
        filled: list[str | Path] = [binaries / command[0], *(each.format(address) for each in command[1:])]
        with served(filled, folder, environment, address) as client:
            programs(client, number)


def programs(client: httpx.Client, number: int) -> None:
    """Do as the programs of two organizations do."""
    signed_in = []
    for name in (f"ada{number}", f"bob{number}"):
        new = {"username": name, "email": f"{name}@example.com", "password": PASSWORD}
        assert client.post("/freehold/v1/users", json=new).status_code == 201
        session = client.post("/freehold/v1/sessions", json={"login": name, "password": PASSWORD}).json()
        signed_in.append({"Authorization": f"Bearer {session['token']}"})
        client.cookies.clear()
        made = client.post("/freehold/v1/organizations", json={"name": f"Of {name}"}, headers=signed_in[-1])
        assert made.status_code == 201
    ada, bob = signed_in
    path, other = (f"/organizations/of-{name}{number}/invoices" for name in ("ada", "bob"))
    assert client.get(path).json()["code"] == "unauthenticated"
    assert client.post(path, json={"number": "A-1", "cents": 100}, headers=ada).status_code == 201
    assert client.post(path, json={"number": "A-1", "cents": 100}, headers=ada).status_code == 409
    assert client.post(f"{path}/A-1/send", headers=ada).json()["sent_at"]
    assert [each["number"] for each in client.get(path, headers=ada).json()] == ["A-1"]
    assert client.get(other, headers=bob).json() == []
    assert client.get(path, headers=bob).json()["code"] == "not_found"
    assert client.get("/", headers=bob).json()["organizations"] == [f"of-bob{number}"]


@pytest.mark.parametrize("lifespan", ["on", "off"])
@pytest.mark.parametrize("database", ["there", "gone"])
def test_oldest_fastapi_with_a_lifespan_and_without(
    binaries: Path, lifespan: str, database: str, database_url: str, tmp_path: Path
):
    if "oldest" not in binaries.parent.name:
        pytest.skip("the newest FastAPI is in the environment of all tests")
    if (lifespan, database) == ("on", "gone"):
        pytest.skip("the server does not start then, and says why")
    address = tmp_path / "server.sock"
    command: list[str | Path] = [
        binaries / "uvicorn",
        "fastapi_program:app",
        "--lifespan",
        lifespan,
        "--uds",
        str(address),
    ]
    url = database_url if database == "there" else GONE
    with served(command, HERE, variables(url) | {"FREEHOLD_DATABASE_URL": url}, address) as client:
        statuses = [
            client.get(each).status_code for each in ("/greeting", "/freehold/readyz", "/me", "/freehold/v1/users/me")
        ]
        assert statuses == ([503] * 4 if database == "gone" else [200, 200, 401, 401])
        if database == "there":
            new = {"username": "ada", "email": "ada@example.com", "password": PASSWORD}
            assert client.post("/freehold/v1/users", json=new).status_code == 201
            token = client.post("/freehold/v1/sessions", json={"login": "ada", "password": PASSWORD}).json()["token"]
            client.headers["Authorization"] = f"Bearer {token}"
            assert client.post("/freehold/v1/organizations", json={"name": "Acme"}).status_code == 201
            assert client.get("/organizations/acme/invoices").json() == "owner"
            assert client.get("/organizations/navy/invoices").status_code == 404
