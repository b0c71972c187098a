"""All pages of the back office, registered on its blueprint by being imported."""

from __future__ import annotations

from flask import g, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue

from matinee.kernel.errors import DomainError
from matinee.programme.errors import CinemaNotFound
from matinee.web.backoffice import entrance
from matinee.web.backoffice.blueprint import backoffice, here, may_here, this_house
from matinee.web.backoffice.counter.routes import PAGES as COUNTER
from matinee.web.backoffice.figures.routes import PAGES as FIGURES
from matinee.web.backoffice.halls.routes import PAGES as HALLS
from matinee.web.backoffice.house.routes import PAGES as HOUSE
from matinee.web.backoffice.navigation import ways
from matinee.web.backoffice.orders.routes import PAGES as ORDERS
from matinee.web.backoffice.people.routes import PAGES as PEOPLE
from matinee.web.backoffice.programme.routes import PAGES as PROGRAMME
from matinee.web.backoffice.refusals import staff_sentence, status_of
from matinee.web.backoffice.today.door_conflicts import open_conflicts
from matinee.web.backoffice.today.health_page import in_words
from matinee.web.backoffice.today.routes import PAGES as TODAY
from matinee.web.backoffice.today.trouble import house_trouble
from matinee.web.shared.house import every_house
from matinee.web.shared.negotiation import wants_html
from matinee.web.shared.visitors import visitor

PAGES = (entrance, *TODAY, *COUNTER, *ORDERS, *PROGRAMME, *HALLS, *FIGURES, *PEOPLE, *HOUSE)


@backoffice.context_processor
def _everywhere() -> dict[str, object]:
    return {
        "here": here,
        "may_here": may_here,
        "this_house": this_house,
        "every_house": every_house,
        "ways": ways,
        "house_trouble": house_trouble,
        "open_conflicts": open_conflicts,
        "finding_words": in_words,
        "visitor": visitor,
    }


@backoffice.errorhandler(DomainError)
def _refused(error: DomainError) -> ResponseReturnValue:
    sentence, status = staff_sentence(error), status_of(error)
    if isinstance(error, CinemaNotFound):
        # The frame of the page that says so is then another cinema's.
        g.pop("cinema_slug", None)
    if request.headers.get("HX-Request"):
        # Not in place of the part that was asked for: the page shows it at the top.
        response = make_response(render_template("backoffice/notice.html", sentence=sentence), status)
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#notices", "innerHTML"
        return response
    if not wants_html():
        return jsonify(message=sentence, code=error.code), status
    return render_template("backoffice/refused.html", sentence=sentence), status


__all__ = ["PAGES", "backoffice"]
