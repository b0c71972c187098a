"""Choosing seats."""
