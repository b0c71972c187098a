"""The house today, and its health: pages that register themselves by being imported."""

from __future__ import annotations

from matinee.web.backoffice.today import dashboard, door_conflicts, health_page, seat_heat, seat_states

PAGES = (dashboard, seat_heat, seat_states, health_page, door_conflicts)
