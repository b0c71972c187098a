"""The page of a soak, made of small samples"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.servers import ROOT
from benchmarks.soak_page import DATA, PAGE, soak_page
from benchmarks.soak_record import Sample, SoakRecord, record_of


def sample(minute: float, worker: float) -> Sample:
    memory = {"web process 1": 100.0, "mail worker": worker}
    kinds = {"purchase": {"count": 100.0, "ms_50": 5.0, "ms_99": 20.0 + minute}}
    cores = {"web process 1": 0.25, "mail worker": 0.5}
    return Sample(minute * 60, memory, memory, 64.0, 0.5, cores, 3, 100, 20.0, kinds)


def hour(growth_a_minute: float) -> SoakRecord:
    samples = [sample(minute, 120.0 + growth_a_minute * minute) for minute in range(61)]
    checked = {"tickets": 7, "orders_paid": 6, "holds_run_out": 5, "admissions": 4, "mails": 3}
    return SoakRecord(60, 0.4, ["A processor"], "2026-11-26", samples, checked)


def test_a_process_that_grows_fails_the_run_and_one_that_does_not_passes() -> None:
    assert hour(0.0).faults() == []
    (fault,) = hour(0.2).faults()
    assert fault.startswith("mail worker grows by 9.")


def test_a_short_run_is_not_judged() -> None:
    short = SoakRecord(1, 1.0, ["A processor"], "2026-11-26", [sample(0, 100.0), sample(1, 200.0)])
    assert not short.is_judged
    assert short.faults() == []


def test_the_page_its_plot_and_the_samples_are_written(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="plots are of the extra `bench`")
    from benchmarks.soak_page import write_soak_page

    record = hour(0.2)
    page, data, plot = write_soak_page(record, tmp_path)
    said = page.read_text()
    assert "`python -m benchmarks.soak --minutes 60 --pace 0.4`" in said
    assert "**It failed**: mail worker grows" in said
    assert "| mail worker | 122.0 | 132.0 | +12.00 | +9." in said
    assert f"({plot.name})" in said
    assert "mail worker" in plot.read_text()
    assert record_of(json.loads(data.read_text())) == record


def test_the_page_that_is_kept_is_that_of_the_samples_that_are_kept() -> None:
    kept = ROOT / "docs" / "benchmarks"
    record = record_of(json.loads((kept / DATA).read_text()))
    assert (kept / PAGE).read_text() == soak_page(record)
