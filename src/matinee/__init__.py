"""Matinee: the box office that a cinema runs itself."""

__version__ = "0.1.0"
