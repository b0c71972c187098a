"""The way from seats to tickets: holds, orders, payments, tickets, refunds, exchanges."""
