"""The page about the soak, made of what was recorded."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from statistics import fmean, median

from benchmarks.soak_record import GROWTH_PER_HOUR_MAX, Growth, SoakRecord

DATA = Path("soak.json")
PAGE = Path("soak.md")
PLOT = Path("soak.svg")


def write_soak_page(record: SoakRecord, folder: Path) -> list[Path]:
    """Write the page with its plot, and the samples as JSON, into `folder`; return where they are. Needs matplotlib."""
    # It belongs to an extra of its own, which the rest of this module must do without.
    from benchmarks.plots import draw_memory

    data, page, plot = folder / DATA, folder / PAGE, folder / PLOT
    folder.mkdir(parents=True, exist_ok=True)
    data.write_text(json.dumps(asdict(record), separators=(",", ":")) + "\n", encoding="utf-8")
    page.write_text(soak_page(record), encoding="utf-8")
    draw_memory(record, plot)
    return [page, data, plot]


def soak_page(record: SoakRecord) -> str:
    """The page as Markdown."""
    samples = record.samples
    seconds = samples[-1].at
    done = sum(each.count for each in samples)
    busy = median(each.busy for each in samples)
    waiting = max(each.mails_waiting for each in samples)
    return f"""# A soak

Written by `{_command(record)}`, on {record.day}.
{"; ".join(record.machine)}.
{_faults(record)}
`matinee serve` with two web processes and the mail worker, PostgreSQL, and a mail server that takes every mail. People
bought, held seats and paid for them or let their time run out, looked at pages, days and seats, came in at the door; a
manager looked at the house, and the metrics were read. Every answer was looked at.

In {seconds / 60:,.0f} minutes {done:,} things were done, {done / seconds:,.0f} a second. The machine was {busy:.0%} busy
in the median, with the load and the mail server. At most {waiting:,} mails waited.
Processors kept busy, in the mean: {_cores(record)}.

## Memory

In MiB, what each process has written itself (anonymous pages; what forks still have in common is counted in parts).
Without libraries, and without the buffers that the processes of the database have in common: they fill up to what is
set, and had {samples[-1].buffers:,.0f} MiB at the end. The line begins after
{round(record.warm_up_seconds / 60, 1):g} minutes. {_verdict(record)}

![The memory of each process over time]({PLOT})

| process | the line begins at | ends at | growth an hour | share | fit (R²) |
| --- | ---: | ---: | ---: | ---: | ---: |
{_rows(_growth_row(each) for each in record.growths())}

## Waiting

In milliseconds from the moment at which it was due: of ten seconds each, the median of the medians, that of the 99th
percentiles, and the largest of these.

| what | a second | median | 99% | largest 99% |
| --- | ---: | ---: | ---: | ---: |
{_rows(_kind_row(record, kind) for kind in _kinds(record))}

## What was held against the database

{_checked(record)}
"""


def _command(record: SoakRecord) -> str:
    return f"python -m benchmarks.soak --minutes {record.minutes:g} --pace {record.pace:g}"


def _faults(record: SoakRecord) -> str:
    return "".join(f"\n**It failed**: {fault}\n" for fault in record.faults())


def _cores(record: SoakRecord) -> str:
    names = record.samples[0].cores
    return ", ".join(f"{name} {fmean(each.cores[name] for each in record.samples):.2f}" for name in names)


def _verdict(record: SoakRecord) -> str:
    if not record.is_judged:
        return "The run was too short to say whether a process grows."
    return f"A process may grow by {GROWTH_PER_HOUR_MAX:.0%} an hour."


def _rows(rows: Iterable[str]) -> str:
    return "\n".join(rows)


def _growth_row(growth: Growth) -> str:
    return (
        f"| {growth.name} | {growth.begins:,.1f} | {growth.ends:,.1f} | {growth.per_hour:+,.2f} | "
        f"{growth.share_per_hour:+.1%} | {growth.fit:.2f} |"
    )


def _kinds(record: SoakRecord) -> list[str]:
    return list(dict.fromkeys(kind for sample in record.samples for kind in sample.kinds))


def _kind_row(record: SoakRecord, kind: str) -> str:
    found = [sample.kinds[kind] for sample in record.samples if kind in sample.kinds]
    count = sum(each["count"] for each in found) / record.samples[-1].at
    late = [each["ms_99"] for each in found]
    middle = median(each["ms_50"] for each in found)
    return f"| {kind} | {count:,.1f} | {middle:,.1f} | {median(late):,.1f} | {max(late):,.0f} |"


def _checked(record: SoakRecord) -> str:
    if not record.checked:
        return "It was not as it was told."
    words = {
        "tickets": "tickets, each with its seat",
        "orders_paid": "holds that were paid",
        "holds_run_out": "holds that ran out, their seats free again",
        "admissions": "tickets that were let in",
        "mails": "mails, each of which arrived once",
    }
    counted = "\n".join(f"- {record.checked[name]:,} {said}" for name, said in words.items())
    return (
        f"{counted}\n\nNo seat was sold twice, nothing that was acknowledged was missing, and nothing was there that "
        "nobody had been told of."
    )
