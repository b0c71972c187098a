"""Staff, and what they did: pages that register themselves by being imported."""

from __future__ import annotations

from matinee.web.backoffice.people import audit_log, invitation_pages, person, staff_list

PAGES = (audit_log, staff_list, person, invitation_pages)
