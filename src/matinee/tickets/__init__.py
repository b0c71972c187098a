"""What a ticket looks like: its QR picture, its mail, its entry in a calendar."""
