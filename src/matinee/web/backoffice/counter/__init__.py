"""The till in the foyer: selling, giving back, and what the money of a clerk comes to."""
