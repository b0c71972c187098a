"""Posters of films that have none: drawn from the title, each film its own, the same every time."""
