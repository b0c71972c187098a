"""The sale: claims on seats, holds, orders, tickets, refunds."""
