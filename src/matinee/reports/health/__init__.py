"""Is all well: what `matinee doctor` and the page of health look at. Looks change nothing."""
