"""The dashboard and the alerts: that they name nothing that Matinee does not tell, and that the rules are rules."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from prometheus_client.parser import text_string_to_metric_families

from matinee.outbox.heartbeat import sign_heartbeat
from matinee.reports.health.gauges import Reading
from matinee.web.shared.metrics import reading
from matinee.web.shared.metrics.catalogue import COUNTED, READ
from matinee.web.shared.metrics.meter import Meter
from matinee.web.shared.metrics.reading import exposed_metrics
from matinee.web.shared.services import services_of
from tests.building import NOW, on_one_database

ROOT = Path(__file__).parents[2]
DASHBOARD = ROOT / "deploy/grafana/matinee.json"
RULES = ROOT / "deploy/prometheus"
METRIC = re.compile(r"\bmatinee_[a-z_]+\b")
LABELS = re.compile(r"\b(matinee_[a-z_]+)\{([^}]*)\}")
# Put beside by Prometheus itself.
OF_PROMETHEUS = {"job", "instance"}


@pytest.fixture
def told(app: APIFlask, monkeypatch: pytest.MonkeyPatch) -> dict[str, set[str]]:
    """Every series that /metrics tells where everything has happened once, with the names of its labels."""
    meter = Meter(None)
    for name, metric in COUNTED.items():
        meter.tally(name, 1, dict.fromkeys(metric.labels, "x"))
    meter.request("GET", "/healthz", 200, 0.01)
    services = services_of(app)
    services.transactions.write(
        lambda session: sign_heartbeat(session, name="odeon:17", started_at=NOW, now=NOW)
    )
    # What is left out where there is nothing to say: no sale ever, no backups.
    monkeypatch.setattr(reading, "read_machine", lambda *_, **__: _rest())
    series: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(exposed_metrics(services, meter).decode()):
        for sample in family.samples:
            series.setdefault(sample.name, set()).update(sample.labels)
    return series


def _rest() -> Iterator[Reading]:
    for name in ("last_sale_age_seconds", "disk_free_bytes", "backup_age_seconds", "backup_age_max_seconds"):
        yield Reading(name, 1)


def expressions_of_dashboard() -> list[str]:
    panels: list[dict[str, Any]] = json.loads(DASHBOARD.read_text())["panels"]
    return [target["expr"] for panel in panels for target in panel.get("targets", [])]


def check_expressions(expressions: list[str], told: dict[str, set[str]]) -> None:
    assert len(expressions) > 10
    for expression in expressions:
        assert set(METRIC.findall(expression)) <= told.keys(), expression
        for name, labels in LABELS.findall(expression):
            named = set(re.findall(r"(\w+)(?:=|!=|=~|!~)\"", labels)) - OF_PROMETHEUS
            assert named <= told[name], expression
        for names in re.findall(r"\bby \(([^)]*)\)", expression):
            known = set().union(*(told[name] for name in METRIC.findall(expression)))
            assert {name.strip() for name in names.split(",")} <= known | OF_PROMETHEUS, expression


@on_one_database
def test_the_dashboard_shows_what_is_told(told: dict[str, set[str]]) -> None:
    check_expressions(expressions_of_dashboard(), told)


@on_one_database
def test_the_alerts_look_at_what_is_told(told: dict[str, set[str]]) -> None:
    # Without a reader of YAML: every line that is no text for people.
    lines = (RULES / "alerts.yml").read_text().splitlines()
    expressions = [line for line in lines if not re.match(r"\s*(summary|description|- alert|#)", line)]
    check_expressions(expressions, told)


@on_one_database
def test_the_dashboard_leaves_nothing_out(told: dict[str, set[str]]) -> None:
    ending = re.compile(r"_(bucket|sum|count)$")
    shown = {ending.sub("", name) for name in METRIC.findall(" ".join(expressions_of_dashboard()))}
    # `_created`: of a process that counts alone; nobody asks for it.
    assert {ending.sub("", name) for name in told if not name.endswith("_created")} <= shown


def test_the_dashboard_is_one_that_grafana_reads() -> None:
    board = json.loads(DASHBOARD.read_text())
    assert {"title", "uid", "schemaVersion", "panels", "templating", "time"} <= board.keys()
    panels = board["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24, panel["title"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, f"{panel['title']} lies over another"
        taken |= cells
        refs = [target["refId"] for target in panel.get("targets", [])]
        assert len(set(refs)) == len(refs)


def test_whatever_is_counted_stands_in_the_catalogue_and_the_other_way_round() -> None:
    pattern = re.compile(r"(?<![.\w])count(?:_when_committed\(\s*session,|\()\s*\"(\w+)\"")
    counted = set()
    for path in (ROOT / "src").rglob("*.py"):
        counted |= set(pattern.findall(path.read_text()))
    assert counted == COUNTED.keys()
    read = re.compile(r"Reading\(\s*\"(\w+)\"")
    sources = [
        *(ROOT / "src/matinee/reports/health").glob("*.py"),
        *(ROOT / "src/matinee/web/shared/metrics").glob("*.py"),
    ]
    assert {name for path in sources for name in read.findall(path.read_text())} == READ.keys() - {
        "build_info"
    }


@pytest.mark.parametrize(
    "command",
    [
        ("check", "rules", "alerts.yml"),
        ("check", "config", "prometheus.yml"),
        ("test", "rules", "alerts_test.yml"),
        ("test", "rules", "alerts_weeks_test.yml"),
    ],
)
def test_prometheus_takes_the_rules(command: tuple[str, ...]) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed (Debian: apt install prometheus)")
    done = subprocess.run(
        [promtool, *command], cwd=RULES, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_is_made_to_fire_by_a_test() -> None:
    alerts = set(re.findall(r"- alert: (\w+)", (RULES / "alerts.yml").read_text()))
    firing = set()
    for name in ("alerts_test.yml", "alerts_weeks_test.yml"):
        for expected in re.split(r"\n      - ", (RULES / name).read_text()):
            if 'alertstate="firing"' in expected:
                firing |= set(re.findall(r'alertname="(\w+)"', expected))
    assert firing == alerts


def test_every_alert_says_what_is_wrong() -> None:
    text = (RULES / "alerts.yml").read_text()
    alerts = re.split(r"\n      - alert: ", text)[1:]
    assert len(alerts) > 10
    for alert in alerts:
        assert re.search(r"severity: (page|ticket)\b", alert), alert
        assert "summary:" in alert, alert
