"""GET /metrics: who may read it, and that what it says is so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote

import pytest
from apiflask import APIFlask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.orm import Session

from matinee.app import create_app
from matinee.db.counting import count_when_committed
from matinee.kernel.counts import count, tell_counts_to
from matinee.outbox.heartbeat import sign_heartbeat
from matinee.settings import Settings
from matinee.web.shared.metrics.meter import Meter
from matinee.web.shared.services import services_of
from tests.building import DAY, NOW, Buyer, House, on_one_database
from tests.web.conftest import OpenApp

TOKEN = "a token of sixteen or more"
# The value of a metric with these labels; None where there is none.
Value = Callable[..., float | None]


@pytest.fixture
def watched(settings: Settings, app: APIFlask) -> Iterator[APIFlask]:
    """A second Matinee on the database of `app`, which counts."""
    meter = Meter(None)
    tell_counts_to(meter.tally)
    made = create_app(settings.model_copy(update={"metrics_token": TOKEN}), meter=meter)
    made.testing = True
    yield made
    tell_counts_to(None)
    services = services_of(made)
    if services.direct is not None:
        services.direct.close_mine()
    services.engine.dispose()


@pytest.fixture
def value(watched: APIFlask) -> Value:
    def read(name: str, **labels: str) -> float | None:
        answer = watched.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200
        assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
        for family in text_string_to_metric_families(answer.text):
            for sample in family.samples:
                if sample.name == name and labels.items() <= sample.labels.items():
                    return float(sample.value)
        return None

    return read


@on_one_database
def test_without_a_token_there_is_no_such_page(app: APIFlask, open_app: OpenApp) -> None:
    assert app.test_client().get("/metrics").status_code == 404
    assert open_app(metrics_token=TOKEN).test_client().get("/metrics").status_code == 404


@on_one_database
@pytest.mark.parametrize(
    "given", [None, "", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer Ж"]
)
def test_nobody_reads_it_without_the_token(watched: APIFlask, given: str | None) -> None:
    headers: Mapping[str, str] = (
        {"Authorization": given.encode().decode("latin-1")} if given is not None else {}
    )
    answer = watched.test_client().get("/metrics", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "matinee_" not in answer.text


@on_one_database
def test_requests_are_counted_by_pattern_and_never_by_path(watched: APIFlask, value: Value) -> None:
    client = watched.test_client()
    for path in ("/tikets/AAAA.png", "/tikets/BBBB.png", "/no/such/page", "/healthz"):
        client.get(path)
    client.open("/healthz", method="BREW")
    found = value("matinee_http_requests_total", method="GET", route="/healthz", status="200")
    assert found == 1
    assert value("matinee_http_requests_total", route="(none)", method="GET") == 1
    assert value("matinee_http_requests_total", method="other") == 1
    assert value("matinee_http_request_seconds_count", route="/healthz", method="GET") == 1
    page = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    assert "AAAA" not in page
    assert "/no/such" not in page
    assert "BREW" not in page
    tickets = [line for line in page.splitlines() if 'route="/tikets/<' in line and "_requests_total" in line]
    assert [line.rsplit(" ", 1)[1] for line in tickets] == ["2.0"]


@on_one_database
def test_requests_in_flight_are_those_of_this_moment(value: Value) -> None:
    assert value("matinee_http_requests_in_flight") == 1  # this very question
    assert value("matinee_http_requests_in_flight") == 1


def test_a_sale_and_a_seat_that_is_taken_are_counted(
    watched: APIFlask, value: Value, house: House, buyer: Buyer
) -> None:
    wish = {
        **{"username": buyer.username, "token": buyer.token},
        **{"date": str(DAY), "title": quote("Амели"), "time": "18:00", "number": "5"},
    }
    client = watched.test_client()
    assert client.post("/buyTicket", headers=wish).status_code == 200
    assert client.post("/buyTicket", headers=wish).status_code == 200  # in the second hall
    assert client.post("/buyTicket", headers=wish).status_code == 404
    steps = {"from_state": "new", "to_state": "paid", "channel": "given"}
    assert value("matinee_order_steps_total", **steps) == 2
    assert value("matinee_tickets_sold_total", channel="given") == 2
    assert value("matinee_tickets_sold_total", channel="counter") == 0
    assert value("matinee_refusals_total", code="unavailable") == 1
    assert value("matinee_last_sale_age_seconds") == 0


@on_one_database
def test_what_is_undone_is_not_counted(watched: APIFlask, value: Value) -> None:
    transactions = services_of(watched).transactions

    def work(session: Session) -> None:
        count_when_committed(session, "admissions", 3)
        raise ValueError("undone")

    with pytest.raises(ValueError, match="undone"):
        transactions.write(work)
    assert value("matinee_admissions_total") == 0
    transactions.write(lambda session: count_when_committed(session, "admissions", 3))
    assert value("matinee_admissions_total") == 3


@on_one_database
def test_nothing_is_kept_where_nobody_counts(app: APIFlask) -> None:
    def work(session: Session) -> dict[str, object]:
        count_when_committed(session, "admissions")
        return {str(name): value for name, value in session.info.items()}

    assert services_of(app).transactions.write(work) == {}
    count("no such thing")  # goes nowhere


def test_what_waits_is_read_from_the_database(watched: APIFlask, value: Value) -> None:
    assert value("matinee_workers_alive") == 0
    assert value("matinee_worker_heartbeat_age_seconds") is None
    services_of(watched).transactions.write(
        lambda session: sign_heartbeat(session, name="odeon:17", started_at=NOW, now=NOW)
    )
    assert value("matinee_workers_alive") == 1
    assert value("matinee_worker_heartbeat_age_seconds") == 0
    assert value("matinee_outbox_waiting", channel="mail") == 0
    assert value("matinee_database_up") == 1
    assert value("matinee_build_info", version="0.1.0") == 1
    assert (value("matinee_disk_free_bytes") or 0) > 0


def test_without_a_database_it_tells_what_it_can(
    watched: APIFlask, value: Value, caplog: pytest.LogCaptureFixture
) -> None:
    services = services_of(watched)
    with services.engine.connect() as connection:
        connection.exec_driver_sql("ALTER TABLE worker_heartbeat RENAME TO elsewhere")
        connection.commit()
    try:
        assert value("matinee_database_up") == 0
        assert sum("database_up 0" in record.getMessage() for record in caplog.records) == 1
        # Why, too: there or where it was noticed.
        assert "worker_heartbeat" in caplog.text
        assert value("matinee_workers_alive") is None
        assert value("matinee_http_requests_in_flight") == 1
    finally:
        with services.engine.connect() as connection:
            connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO worker_heartbeat")
            connection.commit()
