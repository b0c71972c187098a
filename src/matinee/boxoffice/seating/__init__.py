"""Choosing seats well, worked out from a hall's plan alone: no session, nothing stored."""
