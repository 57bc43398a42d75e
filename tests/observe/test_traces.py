"""The spans of a request, as OpenTelemetry's own collector in memory gets them."""

import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx
import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from tests.conftest import PASSWORD, SignUp
from tests.observe.conftest import Running

from freehold import NewSession, Platform
from freehold.base.settings import SettingError
from freehold.observe import otel
from freehold.observe.otel import Traces, require_packages
from freehold.serve.application import create_application
from freehold.web.recording import RequestRecorder

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
SPAN_ID = "b7ad6b7169203331"
SAMPLED = f"00-{TRACE_ID}-{SPAN_ID}-01"
NOT_SAMPLED = f"00-{TRACE_ID}-{SPAN_ID}-00"


@pytest.fixture
def exported() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
async def client(
    platform: Platform, sign_up: SignUp, exported: InMemorySpanExporter
) -> AsyncIterator[Callable[..., httpx.AsyncClient]]:
    """Somebody who is signed in, on an application that traces this share of the requests."""
    await sign_up("ada")
    token = (await platform.sessions.create(NewSession(login="ada", password=PASSWORD))).token
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exported))
    opened: list[httpx.AsyncClient] = []

    def open_client(ratio: float) -> httpx.AsyncClient:
        application = create_application(platform, recorder=RequestRecorder(traces=Traces(ratio, provider=provider)))
        transport = httpx.ASGITransport(application)
        headers = {"Authorization": f"Bearer {token}"}
        opened.append(httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers))
        return opened[-1]

    yield open_client
    for each in opened:
        await each.aclose()


def parents(spans: tuple[ReadableSpan, ...]) -> dict[str, str | None]:
    names = {span.context.span_id: span.name for span in spans if span.context}
    return {span.name: names.get(span.parent.span_id) if span.parent else None for span in spans}


async def test_spans_of_a_request_are_its_operation_and_its_statements(
    client: Callable[..., httpx.AsyncClient], exported: InMemorySpanExporter
):
    answer = await client(1.0).post("/v1/organizations", json={"name": "Secret Acme", "slug": "secret-acme"})
    assert answer.status_code == 201
    spans = exported.get_finished_spans()
    found = parents(spans)
    assert found["POST /v1/organizations"] is None
    assert found["sessions.by_token_hash"] == "POST /v1/organizations"
    assert found["organizations.create"] == "POST /v1/organizations"
    assert found["organizations.insert"] == "organizations.create"
    assert found["audit.insert"] == "organizations.create"
    assert len({span.context.trace_id for span in spans if span.context}) == 1
    request = next(span for span in spans if span.parent is None)
    assert dict(request.attributes or {}) == {
        "http.request.method": "POST",
        "http.route": "/v1/organizations",
        "http.response.status_code": 201,
    }
    assert "secret" not in "".join(span.to_json() for span in spans).lower()


async def test_sampled_traceparent_is_gone_on_with_and_another_is_left_alone(
    client: Callable[..., httpx.AsyncClient], exported: InMemorySpanExporter
):
    never = client(0.0)
    for traceparent in (NOT_SAMPLED, "nonsense", "00-zz-zz-zz", "", None):
        headers = {"traceparent": traceparent} if traceparent is not None else {}
        assert (await never.get("/v1/users/me", headers=headers)).status_code == 200
    assert (await client(1.0).get("/v1/users/me", headers={"traceparent": NOT_SAMPLED})).status_code == 200
    assert exported.get_finished_spans() == ()
    await never.get("/v1/users/me", headers={"traceparent": SAMPLED})
    spans = exported.get_finished_spans()
    assert {f"{span.context.trace_id:032x}" for span in spans if span.context} == {TRACE_ID}
    request = next(span for span in spans if span.name == "GET /v1/users/{user}")
    assert request.parent is not None
    assert f"{request.parent.span_id:016x}" == SPAN_ID


async def test_error_that_is_an_answer_is_told_by_its_code_and_is_no_fault(
    client: Callable[..., httpx.AsyncClient], exported: InMemorySpanExporter
):
    assert (await client(1.0).get("/v1/organizations/nobody-s-own")).status_code == 404
    spans = {span.name: span for span in exported.get_finished_spans()}
    operation = spans["organizations.get"]
    assert dict(operation.attributes or {}) == {"error.type": "not_found"}
    assert operation.status.is_unset
    assert operation.events == ()
    assert spans["GET /v1/organizations/{organization}"].status.is_unset


@pytest.fixture
def collector() -> Iterator[tuple[str, dict[str, bytes]]]:
    """Something that takes spans over OTLP: its address, and what it got by path."""
    got: dict[str, bytes] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got[self.path] = got.get(self.path, b"") + body
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", got
        server.shutdown()
        thread.join()


def test_server_sends_its_spans_to_a_collector_at_the_latest_when_it_stops(
    run: Callable[..., Running], collector: tuple[str, dict[str, bytes]]
):
    address, got = collector
    server = run(
        FREEHOLD_TRACE_RATIO="1",
        OTEL_EXPORTER_OTLP_ENDPOINT=address,
        OTEL_EXPORTER_OTLP_COMPRESSION="none",
        OTEL_SERVICE_NAME="our-own-name",
    )
    assert httpx.get(f"{server.url}/readyz").status_code == 200
    server.stop()
    spans = got["/v1/traces"]
    assert b"GET /readyz" in spans
    assert b"our-own-name" in spans
    assert b"migrations_applied" in spans


def test_nothing_is_imported_for_traces_that_nobody_asks_for():
    program = (
        "import sys, freehold.serve.application as a; from freehold import Settings; "
        "a.create_application(Settings(database_url='postgresql:///x')); "
        "sys.exit(any(name.startswith('opentelemetry') for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(otel, "find_spec", lambda _: None)
    with pytest.raises(SettingError, match=r"pip install 'freehold\[otel\]'"):
        require_packages()
