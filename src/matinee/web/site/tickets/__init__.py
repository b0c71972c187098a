"""The page of a ticket, its PDF, the wallets."""
