"""Mail and events that wait to be sent: put in within the transaction that caused them, delivered by the worker."""
