"""The house itself: what is known about a cinema, how it sells, how it appears, its taxes."""
