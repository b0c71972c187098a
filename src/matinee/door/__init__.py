"""The door: letting people in."""
