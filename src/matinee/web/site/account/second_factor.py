"""The second factor of staff: turning it on, by a first code, and off."""

from __future__ import annotations

import io
from collections.abc import Callable

import segno
from flask import flash, make_response, redirect, render_template, session
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from matinee.accounts.errors import SecondFactorOff, SecondFactorOn, TooManyAttempts, WrongCode
from matinee.accounts.models import User
from matinee.accounts.news_mails import send_account_news
from matinee.accounts.second_factor import (
    begin_second_factor,
    confirm_second_factor,
    secret_as_url,
    secret_in_letters,
    take_code,
    turn_off_second_factor,
)
from matinee.kernel import clock
from matinee.kernel.errors import DomainError
from matinee.web.shared.address import caller_address
from matinee.web.shared.forms import HouseForm, stripped
from matinee.web.shared.house import default_house
from matinee.web.shared.languages import _
from matinee.web.shared.refusals import flash_refusal
from matinee.web.shared.services import services
from matinee.web.shared.visitors import visitor
from matinee.web.site.account.full_sessions import needs_full_session
from matinee.web.site.account.next_page import wanted_next
from matinee.web.site.blueprint import page, to

# In the visitor's cookie: where one wanted to go before one was asked to set it up.
_NEXT = "after_second_factor"


class SecondFactorForm(HouseForm):
    """A code of the app."""

    form_name = "second-factor"
    code = StringField(filters=[stripped], validators=[InputRequired(), Length(max=20)])

    def labels(self) -> dict[str, str]:
        return {"code": _("Code of the app")}


@page("/account/second-factor", access="members")
@needs_full_session
def second_factor() -> ResponseReturnValue:
    """Whether it is on; while it is turned on, the secret as a picture and in letters."""
    if wanted_next():
        session[_NEXT] = wanted_next()
    service = services()
    user = service.transactions.read(lambda db: db.get_one(User, visitor().caller.known_user_id))
    url = secret_as_url(user, box=service.secret_box, issuer=default_house().name)
    letters = secret_in_letters(user, box=service.secret_box)
    response = make_response(
        render_template(
            "site/account/second_factor.html",
            form=SecondFactorForm.to_show(),
            is_on=user.totp_confirmed_at is not None,
            picture=_picture(url) if url is not None else None,
            letters=" ".join(letters[start : start + 4] for start in range(0, len(letters), 4))
            if letters is not None
            else None,
        )
    )
    response.cache_control.no_store = True
    return response


def _picture(url: str) -> Markup:
    drawn = io.BytesIO()
    segno.make(url, error="m", micro=False).save(
        drawn, kind="svg", border=4, scale=5, light="white", xmldecl=False, svgns=False, omitsize=True
    )
    # Made by us alone, of characters that the address escapes.
    return Markup(drawn.getvalue().decode())  # noqa: S704


@page("/account/second-factor/begin", access="members", methods=("POST",))
@needs_full_session
def start_second_factor() -> ResponseReturnValue:
    """Make a secret for the app."""
    service, user_id = services(), visitor().caller.known_user_id
    try:
        service.transactions.write(
            lambda db: begin_second_factor(db, user=db.get_one(User, user_id), box=service.secret_box)
        )
    except SecondFactorOn as error:
        flash_refusal(error)
    return redirect(to("second_factor"), code=303)


@page("/account/second-factor/on", access="members", methods=("POST",))
@needs_full_session
def turn_second_factor_on() -> ResponseReturnValue:
    """Let it count, by a first right code."""
    service, now, caller = services(), clock.now(), visitor().caller

    def work(db: Session, code: str) -> DomainError | None:
        user = db.get_one(User, caller.known_user_id)
        session_hash = caller.session_hash or ""
        refusal = confirm_second_factor(
            db, user=user, code=code, session_hash=session_hash, box=service.secret_box, now=now
        )
        if refusal is None:
            send_account_news(
                db, address=user.username, language=user.language, news="second_factor_on", now=now
            )
        return refusal

    done = _("The second factor is on. Keep the app at hand when you sign in.")
    return _by_code(work, done, next_url=session.get(_NEXT, ""))


@page("/account/second-factor/off", access="members", methods=("POST",))
@needs_full_session
def turn_second_factor_off() -> ResponseReturnValue:
    """Ask for no code any more, by a last right one."""
    service, now, caller = services(), clock.now(), visitor().caller

    def work(db: Session, code: str) -> DomainError | None:
        user = db.get_one(User, caller.known_user_id)
        if not take_code(db, user=user, code=code, box=service.secret_box, now=now):
            return WrongCode()
        turn_off_second_factor(db, user=user)
        send_account_news(
            db, address=user.username, language=user.language, news="second_factor_off", now=now
        )
        return None

    return _by_code(work, _("The second factor is off."))


def _by_code(
    work: Callable[[Session, str], DomainError | None], done: str, *, next_url: str = ""
) -> ResponseReturnValue:
    form, service = SecondFactorForm(), services()
    if form.validate():
        try:
            service.throttle.count_attempt("try_code", account=visitor().name, address=caller_address())
            refusal = service.transactions.write(lambda db: work(db, form.code.data))
            if refusal is not None:
                raise refusal
        except (WrongCode, TooManyAttempts, SecondFactorOn, SecondFactorOff) as error:
            form.refuse("code", error)
        else:
            flash(done, "good")
            session.pop(_NEXT, None)
            return redirect(next_url or to("second_factor"), code=303)
    form.keep()
    return redirect(to("second_factor"), code=303)
