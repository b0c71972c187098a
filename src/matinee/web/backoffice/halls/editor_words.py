"""What the scripts of the editor say by themselves. Braces are filled by them."""

from __future__ import annotations

from matinee.web.shared.languages import _


def editor_words() -> dict[str, str]:
    """Key of the scripts -> sentence in the language of the page."""
    return {**_names(), **_done(), **_refused(), **_saving()}


def _names() -> dict[str, str]:
    return {
        "seat": _("Row {row}, seat {place}"),
        "seat_without_row": _("Seat {place}"),
        "unnamed": _("Seat without a name"),
        "empty": _("Line {line}, column {column}: empty"),
        "line": _("Row {row}"),
        "line_without_row": _("Line {line}"),
        "choose_row": _("Choose row {row}"),
        "is_sold": _("sold"),
        "is_focus": _("one sits best here"),
        "with_wheelchair": _("goes with {seat}"),
        "standard_zone": _("Standard zone"),
        "count": _("{seats} seats"),
        "chosen_one": _("1 seat chosen"),
        "chosen": _("{number} seats chosen"),
        "and_more": _("{seats} and {number} more"),
        "screen": _("Screen"),
    }


def _done() -> dict[str, str]:
    return {
        "drawn": _("{number} seats drawn."),
        "deleted": _("{number} seats deleted."),
        "moved": _("{number} seats moved."),
        "changed": _("{number} seats changed."),
        "numbered": _("{number} seats numbered."),
        "copied": _("{number} seats copied."),
        "pasted": _("{number} seats pasted and named."),
        "aisle": _("An aisle was made."),
        "closed": _("The gap is closed."),
        "paired": _("{wheelchair} and {companion} belong together now."),
        "curved": _("The rows bend by {number}."),
        "undone": _("Undone."),
        "redone": _("Done again."),
        "focused": _("One sits best at {seat}."),
        "selected": _("{number} seats chosen."),
    }


def _refused() -> dict[str, str]:
    return {
        "sold_stays": _("Somebody has {seats}: such seats stay what and where they are."),
        "place_taken": _("There are seats in the way."),
        "too_large": _("The hall would be larger than a plan can be."),
        "nothing_chosen": _("Choose seats first."),
        "nothing_copied": _("Copy seats first."),
        "no_pair": _("Choose a seat with another one right beside it."),
        "not_empty": _("There are seats in it."),
        "bad_name": _("Rows and places have letters, digits and hyphens, at most 12 together."),
        "same_label": _("Several seats would be called {seats}. Number them first."),
        "no_label": _("Some seats have no name yet. Number them first."),
        "bad_first": _("This is no name for a first row."),
    }


def _saving() -> dict[str, str]:
    return {
        "unsaved": _("Not saved yet"),
        "saving": _("Saving…"),
        "saved": _("Saved"),
        "not_saved": _("Not saved"),
        "offline": _("There is no connection just now. Nothing was saved; what you drew is still here."),
        "not_kept_back": _("Saved. Somebody has these seats already, so they are not kept back there:"),
        "conflicts_title": _("Seats that somebody has"),
        "col_seat": _("Seat"),
        "col_what": _("What"),
        "col_screening": _("Screening"),
        "col_order": _("Order"),
    }
