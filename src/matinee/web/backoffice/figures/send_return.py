"""Sending the return of a film and week, or an adjustment: it is frozen by it, and mailed where somebody wants it."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.kernel import clock
from matinee.kernel.errors import DomainError
from matinee.programme.models import Cinema
from matinee.reports.return_mails import mail_return
from matinee.reports.returns import ReturnState, return_state
from matinee.reports.returns import send_return as freeze_return
from matinee.reports.tables import day_with_year, shown_value
from matinee.reports.ticket_groups import Comps
from matinee.web.backoffice.blueprint import here, staff_name, staff_page
from matinee.web.backoffice.changes import Trail, change, read
from matinee.web.backoffice.days import day_of
from matinee.web.backoffice.figures.asked import asked_choice, cinema_of
from matinee.web.backoffice.figures.film_return import PATH, RETURN_COMPS
from matinee.web.backoffice.refusals import flash_refusal
from matinee.web.backoffice.sure import ask_sure, is_sure
from matinee.web.shared.languages import _, page_language


@staff_page(f"{PATH}/send", power="send_figures", methods=("GET", "POST"))
def send_return(cinema: str, film_id: int, week: str) -> ResponseReturnValue:
    """GET asks whether one is sure; POST sends."""
    first_day = day_of(week, default=date.min)
    comps = asked_choice("comps", RETURN_COMPS, default="in")
    back = here("film_return", film_id=film_id, week=week, comps=comps)
    word = _("send")
    if request.method == "POST":
        if is_sure(word):
            _send(cinema, film_id, first_day, comps)
        return redirect(back, code=303)

    def work(session: Session) -> tuple[Cinema, ReturnState]:
        house = cinema_of(session, cinema)
        return house, return_state(session, cinema=house, film_id=film_id, first_day=first_day, comps=comps)

    house, state = read(work)
    return _ask(house, state, back=back, word=word)


def _ask(house: Cinema, state: ReturnState, *, back: str, word: str) -> str:
    language, figures = page_language(), state.unsent
    distributor = state.film.distributor
    by_mail = distributor is not None and bool(distributor.email) and "mail" in request.args

    def money(amount: int) -> str:
        return f"{shown_value(amount, 'money', currency=house.currency, language=language)} {house.currency}"

    week = state.now.week
    facts = [
        (_("Film"), state.film.title),
        (_("Week"), f"{day_with_year(week.first_day, language)} – {day_with_year(week.last_day, language)}"),
        (_("To"), distributor.name if distributor is not None else _("nobody: the film has no distributor")),
        (_("Admissions"), str(figures.admissions)),
        (_("Gross"), money(figures.gross)),
        (_("Rental due"), money(figures.rental)),
        (_("By mail"), distributor.email if distributor is not None and by_mail else _("no")),
    ]
    return ask_sure(
        title=_("Send an adjustment") if state.sent else _("Send the return"),
        facts=facts,
        word=word,
        action=here("send_return", film_id=state.film.id, week=week.first_day, comps=state.comps),
        button=_("Send it"),
        back=back,
        warning=_("What was sent is kept as it is for good. What changes later is sent as an adjustment."),
        fields={"seen": state.fingerprint, "mail": "yes" if by_mail else ""},
    )


def _send(cinema: str, film_id: int, first_day: date, comps: Comps) -> None:
    seen, by_mail, now = request.form.get("seen", ""), request.form.get("mail") == "yes", clock.now()
    language = page_language()

    def work(session: Session, trail: Trail) -> bool:
        house = cinema_of(session, cinema)
        row = freeze_return(
            session, cinema=house, film_id=film_id, first_day=first_day, comps=comps, seen=seen, actor=staff_name(),
            now=now,
        )  # fmt: skip
        mailed = by_mail and mail_return(session, row=row, language=language, now=now)
        what = "return" if row.number == 0 else f"adjustment {row.number}"
        trail(
            "return.send",
            f"film:{film_id}",
            f"{row.figures['film']}, week of {first_day}: {what} sent" + (" and mailed" if mailed else ""),
            cinema_id=house.id,
            details={"week": first_day.isoformat(), "number": row.number, "mailed": mailed},
        )
        return mailed

    try:
        mailed = change(work, now=now)
    except DomainError as error:
        flash_refusal(error)
    else:
        flash(
            _("Sent. The mail is on its way.") if mailed else _("Sent. Now print it, or save it as a file."),
            "good",
        )
