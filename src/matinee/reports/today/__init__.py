"""The house today: what runs, how full it is, what is sold. Costs what happens in a day, however much was ever sold."""
