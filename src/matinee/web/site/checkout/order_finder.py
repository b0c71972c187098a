"""GET and POST /orders and /orders/open: the way to an order for whoever has lost it, by a code from its mail."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from matinee.accounts.errors import NotAnAddress, TooManyAttempts, WrongCode
from matinee.accounts.users import normal_username
from matinee.boxoffice.access_codes import LIFETIME, open_order, send_access_code
from matinee.kernel import clock
from matinee.web.shared.address import caller_address
from matinee.web.shared.languages import _
from matinee.web.shared.refusals import flash_refusal
from matinee.web.shared.services import services
from matinee.web.shared.visitors import remember_opened, remembered_orders
from matinee.web.site.blueprint import page, to

CODE_CHARACTERS_MAX = 40


@page("/orders", access="everybody")
def find_order() -> ResponseReturnValue:
    """Where to look: the account, the orders of this browser, or the order's code and mail address."""
    return render_template(
        "site/find_order.html", known=remembered_orders(), code=_code(request.args.get("code", ""))
    )


@page("/orders/code", access="everybody", methods=("POST",))
def send_order_code() -> ResponseReturnValue:
    """Mail a code, if order and address belong together: the answer is always the same."""
    code = _code(request.form.get("code", ""))
    try:
        email = normal_username(request.form.get("email", ""))
        services().throttle.count_attempt("send_code", account=f"order {code}", address=caller_address())
    except (NotAnAddress, TooManyAttempts) as error:
        flash_refusal(error)
        return redirect(to("find_order", code=code), code=303)
    key, now = current_app.config["SECRET_KEY"], clock.now()
    services().transactions.write(
        lambda session: send_access_code(session, code=code, email=email, secret_key=key, now=now)
    )
    flash(_("If order and address belong together, a mail with a code is on its way."), "info")
    return redirect(to("open_found_order", code=code), code=303)


@page("/orders/open", access="everybody", methods=("GET", "POST"))
def open_found_order() -> ResponseReturnValue:
    """Where the code is typed in; a good one opens the order in this browser."""
    code = _code(request.values.get("code", ""))
    if request.method != "POST":
        minutes = int(LIFETIME.total_seconds() // 60)
        return render_template("site/open_order.html", code=code, minutes=minutes)
    key, now, typed = current_app.config["SECRET_KEY"], clock.now(), request.form.get("access_code", "")
    try:
        services().throttle.count_attempt("try_code", account=f"order {code}", address=caller_address())
        services().transactions.write(
            lambda session: open_order(session, code=code, access_code=typed, secret_key=key, now=now)
        )
    except (WrongCode, TooManyAttempts) as error:
        flash_refusal(error)
        return redirect(to("open_found_order", code=code), code=303)
    remember_opened(code)
    return redirect(to("order", code=code), code=303)


def _code(text: str) -> str:
    return "".join(text.split()).upper()[:CODE_CHARACTERS_MAX]
