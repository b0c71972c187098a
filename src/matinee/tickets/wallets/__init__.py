"""Tickets in the wallets of phones, where the cinema has the keys for it."""
