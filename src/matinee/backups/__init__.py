"""Backups: made while the cinema sells, kept, tried, brought back. Knows tables, not what they mean."""
