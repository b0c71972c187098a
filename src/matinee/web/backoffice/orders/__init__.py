"""Orders and customers, what the outbox holds, and who has a way in: keys, sessions, lockouts."""
