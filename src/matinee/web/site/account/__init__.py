"""What a member has and does: signing in, tickets, settings."""
