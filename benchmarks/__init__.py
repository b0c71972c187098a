"""Measuring programs, run by hand: `make bench`. What they measure and what they found: docs/benchmarks.md."""
