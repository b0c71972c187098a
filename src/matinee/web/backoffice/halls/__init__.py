"""Halls: their list, the editor of their plans, their text layouts."""
