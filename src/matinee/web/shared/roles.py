"""What roles of staff are called, and what they are for, in the language of the page."""

from __future__ import annotations

from matinee.web.shared.languages import N_, _

NAMES = {
    "manager": N_("Manager"),
    "programmer": N_("Programmer"),
    "counter": N_("Counter"),
    "usher": N_("Usher"),
    "auditor": N_("Auditor"),
}
WORK = {
    "manager": N_("Everything, people and settings too"),
    "programmer": N_("Halls, films, screenings, prices"),
    "counter": N_("The till: selling, refunds, orders; and the door"),
    "usher": N_("Letting people in at the door"),
    "auditor": N_("Looks at orders, figures and the audit log, and changes nothing"),
}


def role_name(role: str) -> str:
    """What a role is called."""
    return _(NAMES[role])


def role_work(role: str) -> str:
    """What whoever has the role does, in some words."""
    return _(WORK[role])
