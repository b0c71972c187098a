"""Selling, holding and reading with 1, 8, 32 and 128 clients: rates, medians and what 99 of 100 waited at the most."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.curves import Measured
from benchmarks.grid_reads import measure_reads
from benchmarks.grid_sales import measure_beside_first_server, measure_sales
from benchmarks.holds import measure_holds
from benchmarks.postgres import Postgres
from benchmarks.result import Plan

# Fifteen curves of four points each: less of each than in the other parts, so that the whole is a matter of minutes.
ROUNDS_MAX = 3
SALES_SHARE, READS_SHARE = 0.5, 0.25


def measure(postgres: Postgres, plan: Plan) -> Measured:
    """About eight minutes with 4 seconds and 3 rounds or more: half of the seconds for sales, a quarter for reading."""
    rounds = min(plan.rounds, ROUNDS_MAX)
    selling = replace(plan, seconds=max(1.0, plan.seconds * SALES_SHARE), rounds=rounds)
    reading = replace(plan, seconds=max(1.0, plan.seconds * READS_SHARE), rounds=rounds)
    figures = [*measure_sales(postgres, selling), *measure_holds(postgres, selling)]
    sold = measure_beside_first_server(postgres, selling)
    read = measure_reads(postgres, reading)
    return Measured([*sold.results, *read.results], [*figures, *sold.figures, *read.figures])
