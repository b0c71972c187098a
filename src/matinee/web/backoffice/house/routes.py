"""The cinema and its rules: pages that register themselves by being imported."""

from __future__ import annotations

from matinee.web.backoffice.house import new_cinema, settings_page, tax_pages

PAGES = (settings_page, tax_pages, new_cinema)
