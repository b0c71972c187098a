"""Figures on the plan of a hall: who has the seats of a screening, and how often each seat is sold."""
