"""`make prove`: Matinee's promises, kept while things break.

Each scenario runs Matinee as it really runs (`matinee serve`, `matinee worker`, SQLite or PostgreSQL, processes of their
own), lets buyers hold, pay, give back and buy, breaks something, and looks afterwards at what is committed in the database,
not only at what was answered:

- no seat is sold twice;
- nothing that was acknowledged is lost, and nothing is sold that nobody asked for;
- the money that was taken is that of the tickets and of what went back, also at the payment provider;
- every mail arrives at least once, and once where nothing died while it was handed over;
- no hold outlives its time, and the seats of holds that ended can be sold.

What the buyers asked and were answered is a history (`history.py`), which `checker.py` holds against what a seat can do.
A scenario that exercised nothing has failed. docs/proof.md says what is not proven.
"""
