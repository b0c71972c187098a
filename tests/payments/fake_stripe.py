"""A Stripe of our own over real HTTP: keys that are honoured, webhooks that are signed, and a network that fails.

Nothing of Stripe's library is used here, and nothing of it is patched: it talks to this as it talks to Stripe.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.payments.stripe_account import Refusal, StripeAccount

SECRET_KEY = "sk_test_of_the_fake"
WEBHOOK_SECRET = "whsec_of_the_fake"
# No client waits for longer.
HANG_SECONDS_MAX = 20
SLOW_SECONDS = 4


@dataclass
class Call:
    """One request as it arrived."""

    method: str
    path: str
    params: dict[str, Any]
    key: str | None
    headers: dict[str, str]


@dataclass
class Failure:
    """What goes wrong with the next `times` calls of a method and path.

    `how`: "drop" loses the answer after the effect, "drop_before" the question, "hang" answers too late and does
    nothing, "slow" answers late and does it, "fault" is a 500 after the effect, and a number is an answer with that
    status and without effect.
    """

    method: str
    path: str
    how: str | int
    times: int


@dataclass
class FakeStripe:
    """The account behind a server, and what arrived there."""

    port: int = 0
    account: StripeAccount = field(default_factory=StripeAccount)
    calls: list[Call] = field(default_factory=list)
    # Per idempotency key: what was asked, and what was answered.
    answers: dict[str, tuple[str, int, dict[str, Any]]] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    # How many calls went wrong.
    failed: int = 0
    ended: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        """For MATINEE_STRIPE_API_BASE."""
        return f"http://127.0.0.1:{self.port}"

    def fail(self, method: str, path: str, how: str | int, *, times: int = 1) -> None:
        """Let the next calls of a path that begins so go wrong."""
        self.failures.append(Failure(method, path, how, times))

    def forget_keys(self) -> None:
        """As Stripe does after a day."""
        self.answers.clear()

    def calls_of(self, method: str, path: str) -> list[Call]:
        """The calls of a path that begins so."""
        return [call for call in self.calls if call.method == method and call.path.startswith(path)]

    def answer(self, call: Call) -> tuple[int, dict[str, Any]] | None:
        """Status and body; None where the connection is to break."""
        failure = self._failure_for(call)
        if failure in ("drop_before", "hang"):
            if failure == "hang":
                self.ended.wait(HANG_SECONDS_MAX)
            return None
        if failure == "slow":
            self.ended.wait(SLOW_SECONDS)
        if isinstance(failure, int):
            return failure, {"error": {"type": "api_error", "message": "Failing as the test says."}}
        with self.lock:
            status, body = self._answer_once(call, fault=failure == "fault")
        return None if failure == "drop" else (status, body)

    def was_answered(self, call: Call) -> bool:
        """Whether its key was used before: the answer is that of then, and says so."""
        return call.key in self.answers

    def _failure_for(self, call: Call) -> str | int | None:
        with self.lock:
            self.calls.append(call)
            for failure in self.failures:
                if failure.method == call.method and call.path.startswith(failure.path) and failure.times:
                    failure.times -= 1
                    self.failed += 1
                    return failure.how
        return None

    def _answer_once(self, call: Call, *, fault: bool) -> tuple[int, dict[str, Any]]:
        asked = json.dumps([call.method, call.path, call.params], sort_keys=True)
        if call.key in self.answers:
            before, status, body = self.answers[call.key]
            if before != asked:
                message = "Keys for idempotent requests can only be used with the same parameters."
                return 400, {"error": {"type": "idempotency_error", "message": message}}
            return status, body
        try:
            status, body = 200, self._route(call)
        except Refusal as refusal:
            status, body = refusal.status, refusal.body
            if not refusal.kept:
                return status, body
        if fault:
            status, body = 500, {"error": {"type": "api_error", "message": "Something went wrong."}}
        if call.key:
            self.answers[call.key] = (asked, status, json.loads(json.dumps(body)))
        return status, body

    def _route(self, call: Call) -> dict[str, Any]:
        match call.method, call.path.strip("/").split("/")[1:]:
            case "POST", ["checkout", "sessions"]:
                return self.account.create_session(call.params)
            case "GET", ["checkout", "sessions", session_id]:
                return self.account.session(session_id)
            case "POST", ["checkout", "sessions", session_id, "expire"]:
                return self.account.expire_session(session_id)
            case "POST", ["refunds"]:
                return self.account.create_refund(call.params)
            case "GET", ["refunds"]:
                found = self.account.refunds_of(call.params["payment_intent"])
                return {"object": "list", "url": "/v1/refunds", "has_more": False, "data": found}
        raise Refusal("Unrecognized request URL", status=404)


def signed(
    event: dict[str, Any], *, at: int | None = None, secret: str = WEBHOOK_SECRET
) -> tuple[bytes, dict[str, str]]:
    """The body and the headers of a webhook, signed as Stripe signs: `at` in seconds of Unix time."""
    body = json.dumps(event, indent=2).encode()
    at = int(event["created"]) if at is None else at
    signature = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return body, {"stripe-signature": f"t={at},v1={signature},v0={'0' * 64}"}


def nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """`a[b][0]=c` as dictionaries, which is how Stripe's forms are meant."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        *parents, last = name.replace("]", "").split("[")
        target = found
        for parent in parents:
            target = target.setdefault(parent, {})
        target[last] = value
    return found


@contextmanager
def running_fake_stripe() -> Iterator[FakeStripe]:
    """A fake on a free port of this machine, for as long as the block lasts."""
    fake = FakeStripe()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(urlsplit(self.path).query)

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())

        def _answer(self, form: str) -> None:
            if self.headers["Authorization"] != f"Bearer {SECRET_KEY}":
                self._send(
                    401, {"error": {"type": "invalid_request_error", "message": "Invalid API Key: sk_t***"}}
                )
                return
            call = Call(
                self.command,
                urlsplit(self.path).path,
                nested(parse_qsl(form, keep_blank_values=True)),
                self.headers.get("Idempotency-Key"),
                dict(self.headers.items()),
            )
            replayed = fake.was_answered(call)
            answer = fake.answer(call)
            if answer is None:
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
            else:
                self._send(*answer, replayed=replayed)

        def _send(self, status: int, body: dict[str, Any], *, replayed: bool = False) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Request-Id", "req_of_the_fake")
            if replayed:
                self.send_header("Idempotent-Replayed", "true")
            # Who is asked slowly may have gone.
            with suppress(ConnectionError):
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Not among the output of the tests."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        fake.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield fake
        finally:
            fake.ended.set()
            server.shutdown()
            thread.join()
