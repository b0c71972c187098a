"""/backoffice/films/<id>: a film entered, changed, deleted, and its poster."""

from __future__ import annotations

from typing import NamedTuple

from flask import flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.boxoffice.showings import shown_film
from matinee.kernel import clock
from matinee.kernel.errors import DomainError
from matinee.programme.catalogue import find_film
from matinee.programme.distributors import distributors_by_name
from matinee.programme.film_records import change_film, create_film, delete_film
from matinee.programme.film_terms import Terms, terms_of_film
from matinee.programme.images import set_poster
from matinee.programme.models import Distributor, Film
from matinee.programme.pictures import UPLOAD_BYTES_MAX, read_poster
from matinee.web.backoffice.blueprint import here, staff_page
from matinee.web.backoffice.changes import Trail, change, read
from matinee.web.backoffice.programme.deleting import ask_to_delete, word_to_delete
from matinee.web.backoffice.programme.film_form import EMPTY, parsed_film, values_of, with_distributor
from matinee.web.backoffice.programme.forms import TypedForm
from matinee.web.backoffice.programme.here import cinema_here
from matinee.web.backoffice.programme.terms_words import terms_words
from matinee.web.backoffice.refusals import flash_refusal, status_of
from matinee.web.backoffice.sure import is_sure
from matinee.web.shared.languages import _
from matinee.web.shared.poster_addresses import poster_address

WRONG = 422


class _Seen(NamedTuple):
    film: Film | None
    distributors: list[Distributor]
    terms: list[Terms]
    currency: str


@staff_page("/films/new", power="plan", methods=("GET", "POST"))
def new_film() -> ResponseReturnValue:
    """Enter a film."""
    form = TypedForm(EMPTY, typed=request.method == "POST")
    if request.method == "GET":
        return _show(None, form)
    values = parsed_film(form)
    if not form.is_right:
        return _show(None, form, status=WRONG)

    def work(session: Session, trail: Trail) -> int:
        film = create_film(session, **with_distributor(session, values, form))
        trail("film.create", f"film:{film.id}", f"Entered the film {film.title}")
        return film.id

    try:
        film_id = change(work)
    except DomainError as error:
        form.refuse(error)
        return _show(None, form, status=status_of(error))
    flash(_("The film was entered."), "good")
    return redirect(here("film_page", film_id=film_id), code=303)


@staff_page("/films/<id:film_id>", power="plan", methods=("GET", "POST"))
def film_page(film_id: int) -> ResponseReturnValue:
    """A film, with the form that changes it. Raises FilmNotFound."""
    if request.method == "GET":
        return _show(film_id, None)
    form = TypedForm(EMPTY, typed=True)
    values = parsed_film(form)
    if not form.is_right:
        return _show(film_id, form, status=WRONG)
    now = clock.now()

    def work(session: Session, trail: Trail) -> None:
        film = find_film(session, film_id=film_id)
        before = values_of(film)
        change_film(session, film=film, now=now, **with_distributor(session, values, form))
        after = values_of(film)
        changed = [name for name in before if before[name] != after[name]]
        trail(
            "film.change",
            f"film:{film_id}",
            f"Changed {', '.join(changed) or 'nothing'} of {film.title}",
            details={name: [before[name], after[name]] for name in changed},
        )

    try:
        change(work, now=now)
    except DomainError as error:
        form.refuse(error)
        return _show(film_id, form, status=status_of(error))
    flash(_("The film was changed."), "good")
    return redirect(here("film_page", film_id=film_id), code=303)


@staff_page("/films/<id:film_id>/delete", power="plan", methods=("GET", "POST"))
def delete_shown_film(film_id: int) -> ResponseReturnValue:
    """Delete a film that was never shown; asked first."""
    back = here("film_page", film_id=film_id)
    if request.method == "GET" or not is_sure(word_to_delete()):
        title = read(lambda session: find_film(session, film_id=film_id).title)
        return ask_to_delete(title, action=here("delete_shown_film", film_id=film_id), back=back)

    def work(session: Session, trail: Trail) -> None:
        film = find_film(session, film_id=film_id)
        trail("film.delete", f"film:{film_id}", f"Deleted the film {film.title}", details=values_of(film))
        delete_film(session, film=film)

    try:
        change(work)
    except DomainError as error:
        flash_refusal(error)
        return redirect(back, code=303)
    flash(_("The film was deleted."), "good")
    return redirect(here("films"), code=303)


@staff_page("/films/<id:film_id>/poster", power="plan", methods=("POST",))
def change_poster(film_id: int) -> ResponseReturnValue:
    """Take the picture `poster` for the film; with `remove`, let its poster be drawn again."""
    back, now = redirect(here("film_page", film_id=film_id), code=303), clock.now()
    remove, sent = "remove" in request.form, request.files.get("poster")
    if not remove and (sent is None or not sent.filename):
        flash(_("Choose a picture first."), "error")
        return back
    try:
        picture = None if remove or sent is None else read_poster(sent.read(UPLOAD_BYTES_MAX + 1))

        def work(session: Session, trail: Trail) -> None:
            film = find_film(session, film_id=film_id)
            set_poster(session, film=film, picture=picture, now=now)
            what = "Took away the poster of" if picture is None else "New poster for"
            trail("film.poster", f"film:{film_id}", f"{what} {film.title}")

        change(work, now=now)
    except DomainError as error:
        flash_refusal(error)
        return back
    flash(_("The film has its drawn poster again.") if remove else _("The film has a new poster."), "good")
    return back


def _show(film_id: int | None, form: TypedForm | None, *, status: int = 200) -> ResponseReturnValue:
    """The page of a film, or of one that is about to be entered (None)."""

    def look(session: Session) -> _Seen:
        film = None if film_id is None else find_film(session, film_id=film_id)
        terms = [] if film is None else terms_of_film(session, film_id=film.id)
        return _Seen(film, distributors_by_name(session), terms, cinema_here(session).currency)

    seen = read(look)
    film = seen.film
    page = render_template(
        "backoffice/programme/film.html",
        film=film,
        form=form or TypedForm(EMPTY if film is None else values_of(film)),
        distributors=seen.distributors,
        terms=[(each.week_from, terms_words(each, currency=seen.currency)) for each in seen.terms],
        poster=None if film is None else poster_address(shown_film(film)),
    )
    return make_response(page, status)
