"""Payments: the providers behind one protocol, what was taken, what goes back."""
