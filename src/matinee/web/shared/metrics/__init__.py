"""Figures for Prometheus: what the processes count, and what the database knows."""
