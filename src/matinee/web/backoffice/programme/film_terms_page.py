"""/backoffice/films/<id>/terms: what the distributor of a film is owed, entered and changed."""

from __future__ import annotations

from functools import partial

from flask import flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.kernel.errors import DomainError
from matinee.programme.catalogue import find_film
from matinee.programme.errors import TermsNotFound
from matinee.programme.film_terms import STEPS_MAX, Terms, TermsStep, delete_terms, set_terms, terms_of_film
from matinee.programme.models import TERMS_KINDS, Film
from matinee.programme.typed_numbers import typed_amount, typed_share, written_amount, written_share
from matinee.web.backoffice.blueprint import here, staff_page
from matinee.web.backoffice.changes import Trail, change, read
from matinee.web.backoffice.programme.deleting import ask_to_delete, word_to_delete
from matinee.web.backoffice.programme.forms import (
    TypedForm,
    sentence_for_amount,
    sentence_for_share,
    whole_number,
)
from matinee.web.backoffice.programme.here import cinema_here
from matinee.web.backoffice.programme.terms_words import kind_words, terms_words
from matinee.web.backoffice.refusals import flash_refusal, status_of
from matinee.web.backoffice.sure import is_sure
from matinee.web.shared.languages import _

# As many steps as the form has room for.
STEPS_SHOWN = 6


@staff_page("/films/<id:film_id>/terms", power="plan", methods=("GET", "POST"))
def film_terms(film_id: int) -> ResponseReturnValue:
    """The form of terms: new ones, or those from the week `week` on."""
    week = _week()
    if request.method == "GET":
        return _show(film_id, week, None)
    form = TypedForm({}, typed=True)
    currency = read(lambda session: cinema_here(session).currency)
    terms = _parsed(form, currency)
    if not form.is_right:
        return _show(film_id, week, form, status=422)

    def work(session: Session, trail: Trail) -> None:
        film = find_film(session, film_id=film_id)
        set_terms(session, film=film, terms=terms, replaces_week=week)
        trail(
            "film.terms",
            f"film:{film_id}",
            f"Terms of {film.title} from week {terms.week_from} on: {terms.kind}",
            details={"basis_points": terms.basis_points, "fixed": terms.fixed_amount, "minimum": terms.minimum_amount,
                     "steps": [[step.from_amount, step.basis_points] for step in terms.steps]},
        )  # fmt: skip

    try:
        change(work)
    except DomainError as error:
        form.refuse(error)
        return _show(film_id, week, form, status=status_of(error))
    flash(_("The terms were saved."), "good")
    return redirect(here("film_page", film_id=film_id), code=303)


@staff_page("/films/<id:film_id>/terms/delete", power="plan", methods=("GET", "POST"))
def delete_film_terms(film_id: int) -> ResponseReturnValue:
    """Take the terms from the week `week` on away; asked first."""
    back, week = here("film_page", film_id=film_id), _week() or 0
    if request.method == "GET" or not is_sure(word_to_delete()):
        film, terms, currency = read(lambda session: _found(session, film_id, week))
        return ask_to_delete(
            _("the terms of %(title)s from week %(week)d on", title=film.title, week=week),
            action=here("delete_film_terms", film_id=film_id, week=week),
            back=back,
            facts=[(_("Terms"), terms_words(terms, currency=currency))],
        )

    def work(session: Session, trail: Trail) -> None:
        film = find_film(session, film_id=film_id)
        delete_terms(session, film=film, week_from=week)
        trail("film.terms", f"film:{film_id}", f"Deleted the terms of {film.title} from week {week} on")

    try:
        change(work)
    except DomainError as error:
        flash_refusal(error)
    else:
        flash(_("The terms were deleted."), "good")
    return redirect(back, code=303)


def _week() -> int | None:
    typed = request.args.get("week", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= 4 else None


def _found(session: Session, film_id: int, week: int) -> tuple[Film, Terms, str]:
    film = find_film(session, film_id=film_id)
    for terms in terms_of_film(session, film_id=film_id):
        if terms.week_from == week:
            return film, terms, cinema_here(session).currency
    raise TermsNotFound


def _show(
    film_id: int, week: int | None, form: TypedForm | None, *, status: int = 200
) -> ResponseReturnValue:
    def look(session: Session) -> tuple[Film, Terms, str]:
        if week is not None:
            return _found(session, film_id, week)
        film = find_film(session, film_id=film_id)
        weeks = [terms.week_from for terms in terms_of_film(session, film_id=film_id)]
        return film, Terms(max(weeks, default=0) + 1, "percentage"), cinema_here(session).currency

    film, terms, currency = read(look)
    page = render_template(
        "backoffice/programme/film_terms.html",
        film=film,
        week=week,
        form=form or TypedForm(_values(terms, currency, is_new=week is None)),
        currency=currency,
        kinds=[(kind, kind_words(kind)) for kind in TERMS_KINDS],
        steps=range(max(STEPS_SHOWN, min(STEPS_MAX, len(terms.steps)))),
    )
    return make_response(page, status)


def _values(terms: Terms, currency: str, *, is_new: bool) -> dict[str, str]:
    def amount(number: int) -> str:
        return written_amount(number, currency=currency) if number else ""

    found = {
        "week_from": str(terms.week_from),
        "kind": terms.kind,
        "share": "" if is_new else written_share(terms.basis_points),
        "fixed": amount(terms.fixed_amount),
        "minimum": amount(terms.minimum_amount),
    }
    for number, step in enumerate(terms.steps):
        found[f"step-from-{number}"] = amount(step.from_amount)
        found[f"step-share-{number}"] = written_share(step.basis_points)
    return found


def _parsed(form: TypedForm, currency: str) -> Terms:
    amount = partial(typed_amount, currency=currency)
    kind = form["kind"]
    if kind not in TERMS_KINDS:
        form.errors["kind"] = _("Choose what kind of terms these are.")
    no_amount, no_share = sentence_for_amount(currency), sentence_for_share()
    week = form.parse("week_from", whole_number, _("A week is a number from 1 on."), otherwise=1)
    share = 0 if kind == "fixed" else form.parse("share", typed_share, no_share, otherwise=0)
    fixed = form.parse("fixed", amount, no_amount, otherwise=0) if kind == "fixed" else 0
    minimum = form.parse("minimum", amount, no_amount, otherwise=0) if form["minimum"].strip() else 0
    steps = []
    for number in range(STEPS_MAX if kind == "sliding" else 0):
        names = f"step-from-{number}", f"step-share-{number}"
        if any(form[name].strip() for name in names):
            steps.append(
                TermsStep(
                    form.parse(names[0], amount, no_amount, otherwise=0),
                    form.parse(names[1], typed_share, no_share, otherwise=0),
                )
            )
    return Terms(week, kind, share, fixed, 0 if kind == "fixed" else minimum, tuple(steps))
