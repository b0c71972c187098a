"""Pages that change an account: not in a session that began without the second factor, where that is on."""

from __future__ import annotations

from functools import wraps
from typing import Any

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from matinee.accounts.sessions import session_is_full
from matinee.web.shared.languages import _
from matinee.web.shared.services import services
from matinee.web.shared.visitors import visitor
from matinee.web.site.blueprint import View, to


def needs_full_session(view: View) -> View:
    """Ask who lacks the second factor to sign in with it. Beneath `@page(..., access="members")`."""

    @wraps(view)
    def guarded(**values: Any) -> ResponseReturnValue:
        token_hash = visitor().caller.session_hash
        if not services().transactions.read(lambda db: session_is_full(db, token_hash=token_hash)):
            flash(_("Sign in with your second factor to see and change your account."), "info")
            return redirect(to("sign_in", next=to("account_settings")), code=303)
        return view(**values)

    return guarded
