"""What is on: by day, by film, as a calendar, as a feed."""
