"""What a cinema shows, where and for how much: cinemas, halls, seats, films, screenings, price lists, importers."""
