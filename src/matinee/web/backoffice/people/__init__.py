"""People of the house: staff, what they did, other sessions and keys."""
