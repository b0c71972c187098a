"""Traces for OpenTelemetry, where a collector is named. Its library is an extra, and is imported here and nowhere else.

No instrumentation of others' is used: spans are begun by name in our own code, so that what stands in them is known.
"""

from __future__ import annotations

import importlib.util
import multiprocessing.util
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

import click

from matinee import __version__
from matinee.kernel.errors import DomainError
from matinee.kernel.spans import Attribute, Kind, NoSpan, Span, Tracer, trace_with
from matinee.settings import Settings

if TYPE_CHECKING:
    from opentelemetry.trace import Span as OtelSpan

# The standard's own names work, too.
STANDARD_NAMES = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
PATH = "/v1/traces"
# Nobody waits for longer for a collector that is away, when the process ends.
EXPORT_SECONDS_MAX = 5


def is_wanted(settings: Settings) -> bool:
    """Whether a collector is named, and tracing is not switched off by the standard's own switch."""
    named = settings.otel_endpoint or any(os.environ.get(name) for name in STANDARD_NAMES)
    return bool(named) and os.environ.get("OTEL_SDK_DISABLED", "").lower() != "true"


def require_library(settings: Settings) -> None:
    """End the command where traces are wanted and the extra is not installed."""
    if is_wanted(settings) and not is_installed():
        raise click.ClickException(
            "traces are asked for (MATINEE_OTEL_ENDPOINT or OTEL_EXPORTER_OTLP_ENDPOINT), and OpenTelemetry is not "
            "installed. Install Matinee with its extra, matinee[otel], or take the setting away."
        )


def is_installed() -> bool:
    """Whether the extra is there. Imports nothing of it but the name of its package."""
    try:
        return importlib.util.find_spec("opentelemetry.exporter.otlp.proto.http") is not None
    except ModuleNotFoundError:
        return False


def begin_to_trace(settings: Settings, *, role: str) -> None:
    """Where it is wanted, trace this process from now on; in a fork, after it. `role`: "web" or "worker"."""
    if not is_wanted(settings):
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    names = {"service.version": __version__, "matinee.role": role}
    if "OTEL_SERVICE_NAME" not in os.environ:
        names["service.name"] = "matinee"
    endpoint = settings.otel_endpoint.rstrip("/") + PATH if settings.otel_endpoint else None
    provider = TracerProvider(resource=Resource.create(names), shutdown_on_exit=False)
    provider.add_span_processor(
        BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint, timeout=EXPORT_SECONDS_MAX))
    )
    trace_with(_tracer(provider.get_tracer("matinee", __version__)))
    # Web workers are forks of multiprocessing, which calls this at their end, and not what `atexit` knows.
    multiprocessing.util.Finalize(None, provider.shutdown, exitpriority=1)


class _Span:
    def __init__(self, span: OtelSpan) -> None:
        self._span = span

    def note(self, **attributes: Attribute) -> None:
        self._span.set_attributes(_dotted(attributes))

    def rename(self, name: str) -> None:
        self._span.update_name(name)

    def fail(self, kind: str) -> None:
        from opentelemetry.trace import StatusCode

        self._span.set_status(StatusCode.ERROR)
        self._span.set_attribute("error.type", kind)


def _dotted(attributes: dict[str, Attribute]) -> dict[str, Attribute]:
    return {name.replace("__", "."): value for name, value in attributes.items()}


def _tracer(tracer: object) -> Tracer:
    from opentelemetry import trace
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    assert isinstance(tracer, trace.Tracer)
    kinds = {
        "internal": trace.SpanKind.INTERNAL,
        "server": trace.SpanKind.SERVER,
        "client": trace.SpanKind.CLIENT,
    }
    propagator = TraceContextTextMapPropagator()

    @contextmanager
    def begin(
        name: str, kind: Kind, parent: str, inside: bool, attributes: dict[str, Attribute]
    ) -> Iterator[Span]:
        if inside and not trace.get_current_span().is_recording():
            # A worker asks the database several times a second whether anything is due.
            with nullcontext(NoSpan()) as nothing:
                yield nothing
            return
        context = propagator.extract({"traceparent": parent}) if parent else None
        with tracer.start_as_current_span(
            name,
            context=context,
            kind=kinds[kind],
            attributes=_dotted(attributes),
            # The message of an exception may quote what a person typed.
            record_exception=False,
            set_status_on_exception=False,
        ) as begun:
            ours = _Span(begun)
            try:
                yield ours
            except DomainError as refusal:
                ours.note(matinee__refusal=refusal.code)
                raise
            except BaseException as error:
                ours.fail(type(error).__name__)
                raise

    return begin
