"""Signing devices out."""

from __future__ import annotations

from contextlib import suppress

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from matinee.accounts.errors import SessionNotFound
from matinee.accounts.models import User
from matinee.accounts.sessions import end_all_sessions, end_session
from matinee.web.shared.languages import _
from matinee.web.shared.services import services
from matinee.web.shared.visitors import visitor
from matinee.web.site.account.full_sessions import needs_full_session
from matinee.web.site.blueprint import page, to


@page("/account/settings/sessions/<session_id>/end", access="members", methods=("POST",))
@needs_full_session
def end_one_session(session_id: str) -> ResponseReturnValue:
    """Sign one device out."""
    user_id = visitor().caller.known_user_id
    # One that ended meanwhile is what was wanted.
    with suppress(SessionNotFound):
        services().transactions.write(lambda db: end_session(db, user_id=user_id, session_id=session_id))
    flash(_("That device is signed out."), "good")
    return redirect(to("account_settings", _anchor="devices"), code=303)


@page("/account/settings/sessions/end-others", access="members", methods=("POST",))
@needs_full_session
def end_other_sessions() -> ResponseReturnValue:
    """Sign every device out but this one."""
    caller = visitor().caller
    services().transactions.write(
        lambda db: end_all_sessions(
            db, user=db.get_one(User, caller.known_user_id), except_hash=caller.session_hash
        )
    )
    flash(_("Every other device is signed out."), "good")
    return redirect(to("account_settings", _anchor="devices"), code=303)
