"""Mail that waits to be sent: put in within the transaction that caused it, delivered by the worker."""
