"""Webhooks: other programs are told of events, at addresses that staff registered."""
