"""Traces in OpenTelemetry's form; its packages are imported when traces are asked for, and are nobody's need else.

Only what is decided for a whole request is traced, so the others cost next to nothing: one whose ``traceparent`` (W3C
Trace Context) is sampled, and a share of those without one.
"""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any, Final

from freehold.base.errors import FreeholdError
from freehold.base.settings import SettingError
from freehold.base.version import VERSION
from freehold.observe.traces import SPAN

SCOPE: Final = "freehold"
_PACKAGES: Final = ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")
_SAMPLED: Final = 1
_TRACEPARENT_PARTS: Final = 4


class Traces:
    """Traces requests.

    They go where the program has set OpenTelemetry up to send them, when it has (``set_tracer_provider``); otherwise
    over OTLP to where the standard variables say (``OTEL_EXPORTER_OTLP_ENDPOINT``, ``OTEL_SERVICE_NAME``, ...).

    Args:
        ratio: of the requests without a ``traceparent``, how many are traced, 0 to 1.
        provider: where spans go, for a program that has several.

    Raises:
        SettingError: the packages are not installed.
    """

    def __init__(self, ratio: float, *, provider: Any = None) -> None:
        require_packages()
        from opentelemetry import trace  # noqa: PLC0415 - only for those who want traces
        from opentelemetry.trace.propagation.tracecontext import (  # noqa: PLC0415 - likewise
            TraceContextTextMapPropagator,
        )

        self._own = _exporting() if provider is None and _is_unset(trace.get_tracer_provider()) else None
        self._api = trace
        self._ratio = ratio
        self._read = TraceContextTextMapPropagator().extract
        source = provider or self._own or trace.get_tracer_provider()
        self._tracer = source.get_tracer(SCOPE, VERSION)

    def wants(self, traceparent: bytes | None) -> bool:
        """Decide whether a request is traced."""
        if traceparent is None:
            return random.random() < self._ratio  # noqa: S311 - a sample, not a secret
        parts = traceparent.split(b"-")
        try:
            return len(parts) >= _TRACEPARENT_PARTS and bool(int(parts[3], 16) & _SAMPLED)
        except ValueError:
            return False

    @contextmanager
    def request(self, method: str, traceparent: bytes | None) -> Iterator[Callable[[str, int], None]]:
        """Trace a request, and what is done for it; gives what is to be told its route and status."""
        carrier = {"traceparent": traceparent.decode("ascii", "replace")} if traceparent else {}
        with self._tracer.start_as_current_span(
            method, context=self._read(carrier), kind=self._api.SpanKind.SERVER, record_exception=False
        ) as span:

            def end(route: str, status: int) -> None:
                span.update_name(f"{method} {route}" if route else method)
                span.set_attributes(
                    {"http.request.method": method, "http.route": route, "http.response.status_code": status}
                )
                if status >= 500:  # noqa: PLR2004 - where HTTP says that a server has failed
                    span.set_status(self._api.StatusCode.ERROR)

            before = SPAN.set(self._named)
            try:
                yield end
            finally:
                SPAN.reset(before)

    def close(self) -> None:
        """Send what was not sent yet."""
        if self._own is not None:
            self._own.shutdown()

    @contextmanager
    def _named(self, name: str) -> Iterator[None]:
        # An exception's own words may hold a value, so a span has no more than its kind.
        with self._tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False) as span:
            try:
                yield
            except Exception as error:
                if isinstance(error, FreeholdError):  # said on purpose: an answer, and no fault
                    span.set_attribute("error.type", error.code)
                else:
                    span.set_attribute("error.type", type(error).__name__)
                    span.set_status(self._api.StatusCode.ERROR)
                raise


def require_packages() -> None:
    """Return when traces can be made.

    Raises:
        SettingError: naming what is to be installed.
    """
    try:  # looked for, not imported: a process that will fork needs none of their threads
        found = all(map(find_spec, _PACKAGES))
    except ImportError:  # what they are in is not there
        found = False
    if not found:
        raise SettingError(
            "FREEHOLD_TRACE_RATIO asks for traces, and their packages are not installed: "
            "pip install 'freehold[otel]', or unset it"
        )


def _is_unset(provider: Any) -> bool:
    return type(provider).__name__ == "ProxyTracerProvider"


def _exporting() -> Any:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - see above
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - likewise
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - likewise
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 - likewise

    name = {} if "OTEL_SERVICE_NAME" in os.environ else {"service.name": SCOPE}
    provider = TracerProvider(resource=Resource.create({**name, "service.version": VERSION}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider
