"""Halls and their seats: pages that register themselves by being imported."""

from __future__ import annotations

from matinee.web.backoffice.halls import deletion, hall_forms, hall_list, hall_page, saving, text_layout

PAGES = (hall_list, hall_forms, hall_page, saving, text_layout, deletion)
