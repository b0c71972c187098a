"""What the pages of halls say of seats, faults, differences and conflicts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import format_date

from matinee.boxoffice.seat_conflicts import SeatConflict
from matinee.programme.layout_differences import Difference
from matinee.programme.plan_faults import PlanFault
from matinee.web.shared.languages import _, ngettext

LABELS_SHOWN_MAX = 30


def kind_name(kind: str) -> str:
    """A kind of seat, as the editor calls it."""
    return {
        "standard": _("Standard"),
        "premium": _("Premium"),
        "sofa": _("Sofa"),
        "wheelchair": _("Wheelchair"),
        "companion": _("Companion"),
    }[kind]


def held_back_name(why: str) -> str:
    """Why a seat is kept back."""
    return {"": _("For sale"), "house": _("House seat"), "broken": _("Broken")}[why]


def listed(labels: Sequence[str]) -> str:
    """Labels in a sentence, not too many of them."""
    shown = ", ".join(labels[:LABELS_SHOWN_MAX])
    more = len(labels) - LABELS_SHOWN_MAX
    return (
        shown
        if more <= 0
        else ngettext("%(seats)s and %(num)d more", "%(seats)s and %(num)d more", more, seats=shown)
    )


def harm_sentence(conflict: SeatConflict) -> str:
    """What an edit would do to a seat that somebody has."""
    return {
        "removed": _("would be taken away"),
        "renamed": _("would get another row or number"),
        "kind": _("would become another kind of seat"),
        "zone": _("would be in another zone"),
        "moved": _("would stand elsewhere"),
        "kept_back": _("is not kept back there"),
    }[conflict.harm]


def told_conflict(conflict: SeatConflict) -> dict[str, Any]:
    """A conflict for a page or a script."""
    sold = conflict.sold
    return {
        "seat": sold.label,
        "harm": harm_sentence(conflict),
        "screening": f"{sold.title}, {format_date(sold.day, 'EEE d MMM')}, {sold.time}",
        "screening_id": sold.screening_id,
        "order": sold.order_code,
        "state": _("held") if sold.is_held else _("sold"),
    }


def fault_sentence(fault: PlanFault) -> str:
    """What is wrong with a plan."""
    seats = listed(fault.labels)
    return {
        "too_many_seats": _("A hall has at most 9999 seats."),
        "out_of_the_plan": _(
            "A hall has at most 500 columns and 1000 lines. Outside of it: %(seats)s", seats=seats
        ),
        "curve": _("The curve is a number from 0 to 100."),
        "label": _(
            "A seat is called by letters, digits and hyphens, at most 12. Not so: %(seats)s", seats=seats
        ),
        "same_label": _("Several seats are called: %(seats)s", seats=seats),
        "same_place": _("Several seats stand in one place: %(seats)s", seats=seats),
        "row": _("Rows and places have at most 12 letters and digits. Not so: %(seats)s", seats=seats),
        "kind": _("There is no such kind of seat: %(seats)s", seats=seats),
        "zone": _(
            "A zone has a name of at most 40 characters, without colons. Not so: %(seats)s", seats=seats
        ),
        "held_back": _("A seat can be for sale, a house seat or broken. Not so: %(seats)s", seats=seats),
        "focus": _("The best seat is not in the hall: %(seats)s", seats=seats),
    }[fault.what]


def difference_words(one: Difference) -> tuple[str, str]:
    """A difference as a fact: its name, and what it is about."""
    count = len(one.labels)
    name = {
        "name": _("Name"),
        "turnaround": _("Turnaround in minutes"),
        "curve": _("Curve"),
        "focus": _("Best seat"),
        "new": ngettext("%(num)d new seat", "%(num)d new seats", count),
        "removed": ngettext("%(num)d seat taken away", "%(num)d seats taken away", count),
        "renamed": ngettext(
            "%(num)d seat with another row or place", "%(num)d seats with another row or place", count
        ),
        "drawn_elsewhere": ngettext("%(num)d seat drawn elsewhere", "%(num)d seats drawn elsewhere", count),
        "kind": ngettext("%(num)d seat of another kind", "%(num)d seats of another kind", count),
        "zone": ngettext("%(num)d seat in another zone", "%(num)d seats in another zone", count),
        "held_back": ngettext("%(num)d seat kept back or let go", "%(num)d seats kept back or let go", count),
    }[one.what]
    return name, listed(one.labels) if one.labels else f"{one.old or '–'} → {one.new or '–'}"


def report_words(name: str, *, new: int, changed: int, removed: int) -> str:
    """What a change did, in the English of the audit log."""
    parts = [
        f"{count} {word}"
        for count, word in ((new, "new"), (changed, "changed"), (removed, "removed"))
        if count
    ]
    return f"{name}: seats {', '.join(parts)}" if parts else f"{name}: drawn anew"
