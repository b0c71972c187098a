"""All that the door's page asks for, registered on its blueprint by being imported."""

from __future__ import annotations

from matinee.kernel.errors import DomainError
from matinee.web.door import door_list, page, scans, screenings, search
from matinee.web.door.blueprint import door
from matinee.web.door.refusals import Refused, told_error, told_refusal

PAGES = (page, screenings, door_list, scans, search)

door.register_error_handler(Refused, told_refusal)
door.register_error_handler(DomainError, told_error)

__all__ = ["PAGES", "door"]
