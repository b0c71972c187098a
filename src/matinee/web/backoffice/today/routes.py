"""The house today, and its health: pages that register themselves by being imported."""

from __future__ import annotations

from matinee.web.backoffice.today import dashboard, health_page, seat_heat, seat_states

PAGES = (dashboard, seat_heat, seat_states, health_page)
