"""Pages: the house today, a screening's and a hall's figures on the plan of seats, health."""
