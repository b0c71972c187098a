"""Cancelling a screening, and moving one that is sold: first what would happen, then a word typed."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.boxoffice.cancellations import CancellationReport, cancel_screening, preview_cancellation
from matinee.boxoffice.moves import Reseated, move_screening, preview_move
from matinee.boxoffice.planning import delete_drafts
from matinee.kernel import clock
from matinee.kernel.errors import Conflict
from matinee.kernel.money import Money
from matinee.languages.formats import moment_text, money_text
from matinee.programme.models import Screening
from matinee.web.backoffice.blueprint import here, staff_name, staff_page, this_house
from matinee.web.backoffice.changes import Trail, change, read
from matinee.web.backoffice.programme.deleting import ask_to_delete, word_to_delete
from matinee.web.backoffice.programme.here import hall_here, screening_here
from matinee.web.backoffice.programme.planned_fields import words_of
from matinee.web.backoffice.programme.typed import typed_id, typed_text
from matinee.web.backoffice.refusals import flash_refusal
from matinee.web.backoffice.sure import ask_sure, is_sure
from matinee.web.shared.languages import _, ngettext, page_language

REASON_CHARACTERS_MAX = 500


@staff_page("/at/<cinema>/screenings/<id:screening_id>/cancel", power="plan", methods=("GET", "POST"))
def cancel_shown_screening(cinema: str, screening_id: int) -> ResponseReturnValue:
    """Ask, saying how many tickets and how much money; then cancel for good."""
    if request.method == "POST" and is_sure(_word_to_cancel()):
        return _cancel(screening_id)
    return _ask_to_cancel(screening_id)


@staff_page("/at/<cinema>/screenings/<id:screening_id>/move", power="plan", methods=("GET", "POST"))
def move_sold_screening(cinema: str, screening_id: int) -> ResponseReturnValue:
    """Ask, showing who would sit where in the hall `hall`; then move everybody and tell them."""
    try:
        if request.method == "POST" and is_sure(_word_to_move()):
            return _move(screening_id)
        return _ask_to_move(screening_id)
    except Conflict as error:
        flash_refusal(error)
        return redirect(here("screening_page", screening_id=screening_id), code=303)


@staff_page("/at/<cinema>/screenings/<id:screening_id>/delete", power="plan", methods=("GET", "POST"))
def delete_shown_draft(cinema: str, screening_id: int) -> ResponseReturnValue:
    """Delete a draft from the page of it; asked first, since there is no undo there."""
    if request.method == "GET" or not is_sure(word_to_delete()):
        screening = read(lambda session: screening_here(session, screening_id))
        return ask_to_delete(
            screening.film.title,
            action=here("delete_shown_draft", screening_id=screening_id),
            back=here("screening_page", screening_id=screening_id),
            facts=_facts(screening),
        )

    def work(session: Session, trail: Trail) -> int:
        screening = screening_here(session, screening_id)
        said, cinema_id = words_of(screening), screening.cinema_id
        count = delete_drafts(session, cinema_id=cinema_id, screening_ids=[screening_id])
        trail(
            "screening.delete", f"screening:{screening_id}", f"Deleted the draft {said}", cinema_id=cinema_id
        )
        return count

    if change(work):
        flash(_("The draft was deleted."), "good")
    else:
        flash(_("It is no draft any more, so it stays."), "error")
    return redirect(here("screenings"), code=303)


def _word_to_cancel() -> str:
    return _("cancel")


def _word_to_move() -> str:
    return _("move")


def _ask_to_cancel(screening_id: int) -> str:
    def look(session: Session) -> tuple[Screening, list[tuple[str, str]]]:
        screening = screening_here(session, screening_id)
        found = preview_cancellation(session, screening_id=screening_id)
        money = Money(found.amount, screening.hall.cinema.currency)
        return screening, [
            *_facts(screening),
            (_("Tickets that become worthless"), str(found.tickets)),
            (_("Orders whose buyers are told"), str(found.orders)),
            (_("Money that goes back"), money_text(money, page_language())),
            (_("Seats being chosen just now"), str(found.holds)),
        ]

    screening, facts = read(look)
    return ask_sure(
        title=_("Cancel %(title)s?", title=screening.film.title),
        facts=facts,
        warning=_("This cannot be taken back."),
        word=_word_to_cancel(),
        action=here("cancel_shown_screening", screening_id=screening_id),
        button=_("Cancel the screening"),
        back=here("screening_page", screening_id=screening_id),
        fields={"reason": request.values.get("reason", "")[:REASON_CHARACTERS_MAX].replace("\0", "")},
    )


def _cancel(screening_id: int) -> ResponseReturnValue:
    now, reason = clock.now(), typed_text("reason", characters_max=REASON_CHARACTERS_MAX)

    def work(session: Session, trail: Trail) -> CancellationReport:
        screening = screening_here(session, screening_id)
        said, cinema_id = words_of(screening), screening.cinema_id
        report = cancel_screening(
            session, screening_id=screening_id, actor=staff_name(), reason=reason, now=now
        )
        trail(
            "screening.cancel",
            f"screening:{screening_id}",
            f"Cancelled {said}: {report.orders} orders given back, {report.holds} holds ended",
            cinema_id=cinema_id,
            details={"orders": report.orders, "holds": report.holds, "reason": reason},
        )
        return report

    report = change(work, now=now)
    flash(
        ngettext(
            "The screening is cancelled. %(num)d order is given back.",
            "The screening is cancelled. %(num)d orders are given back.",
            report.orders,
        ),
        "good",
    )
    return redirect(here("screening_page", screening_id=screening_id), code=303)


def _ask_to_move(screening_id: int) -> str:
    hall_id = _asked_hall()
    now = clock.now()

    def look(session: Session) -> tuple[Screening, str, list[Reseated]]:
        screening, hall = screening_here(session, screening_id), hall_here(session, hall_id)
        return screening, hall.name, preview_move(session, screening_id=screening_id, hall=hall, now=now)

    screening, to_hall, moved = read(look)
    other_labels = sum(each.from_label != each.to_label for each in moved)
    return ask_sure(
        title=_("Move %(title)s to %(hall)s?", title=screening.film.title, hall=to_hall),
        facts=[
            *_facts(screening),
            (_("To the hall"), to_hall),
            (_("Seats that move with it"), str(len(moved))),
            (_("Of them with another number"), str(other_labels)),
            (_("Orders whose buyers are told"), str(len({each.order_code for each in moved}))),
        ],
        word=_word_to_move(),
        action=here("move_sold_screening", screening_id=screening_id),
        button=_("Move the screening"),
        back=here("screening_page", screening_id=screening_id),
        fields={"hall": str(hall_id)},
        body=render_template("backoffice/programme/moved_seats.html", moved=moved),
    )


def _asked_hall() -> int:
    if request.method == "POST":
        return typed_id("hall")
    return request.args.get("hall", 0, type=_small_number)


def _small_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _move(screening_id: int) -> ResponseReturnValue:
    now: datetime = clock.now()
    hall_id = typed_id("hall")

    def work(session: Session, trail: Trail) -> list[Reseated]:
        was = words_of(screening_here(session, screening_id))
        hall = hall_here(session, hall_id)
        moved = move_screening(session, screening_id=screening_id, hall=hall, actor=staff_name(), now=now)
        trail(
            "screening.move",
            f"screening:{screening_id}",
            f"Moved {was} to {hall.name} with {len(moved)} seats",
            cinema_id=hall.cinema_id,
            details={
                "hall": hall_id,
                "seats": [[one.order_code, one.from_label, one.to_label] for one in moved],
            },
        )
        return moved

    moved = change(work, now=now)
    flash(
        ngettext(
            "The screening was moved, with %(num)d seat.",
            "The screening was moved, with %(num)d seats.",
            len(moved),
        ),
        "good",
    )
    return redirect(here("screening_page", screening_id=screening_id), code=303)


def _facts(screening: Screening) -> list[tuple[str, str]]:
    when = moment_text(screening.starts_at, this_house().timezone, page_language())
    return [(_("When"), when), (_("Hall"), screening.hall.name)]
