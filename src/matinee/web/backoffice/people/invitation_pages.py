"""Inviting people to the staff; sending an invitation again, taking it back."""

from __future__ import annotations

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from matinee.accounts.errors import (
    InvitationOpen,
    NoRoles,
    NotAnAddress,
    RoleNotFound,
    StaffAlready,
    TooManyAttempts,
)
from matinee.accounts.invitations import invite, resend_invitation, revoke_invitation
from matinee.accounts.models import ROLES
from matinee.kernel import clock
from matinee.web.backoffice.blueprint import here, staff_name, staff_page
from matinee.web.backoffice.changes import Trail, change
from matinee.web.backoffice.refusals import staff_sentence
from matinee.web.shared.address import caller_address
from matinee.web.shared.forms import CHARACTERS_MAX, HouseForm, is_address, stripped
from matinee.web.shared.languages import _, page_language
from matinee.web.shared.roles import role_name, role_work
from matinee.web.shared.services import services


class InviteForm(HouseForm):
    """Who is invited."""

    form_name = "invite"
    email = StringField(
        filters=[stripped], validators=[InputRequired(), Length(max=CHARACTERS_MAX), is_address]
    )

    def labels(self) -> dict[str, str]:
        return {"email": _("Mail address")}


@staff_page("/people/invite", power="people", methods=("GET", "POST"))
def invite_person() -> ResponseReturnValue:
    """The form; and inviting."""
    form = InviteForm()
    roles = request.form.getlist("role")
    if form.is_submitted() and form.validate():
        try:
            _invite(form.email.data, roles)
        except (NotAnAddress, NoRoles, RoleNotFound, StaffAlready, InvitationOpen, TooManyAttempts) as error:
            form.refuse("email", staff_sentence(error))
        else:
            flash(_("The invitation is on its way to %(address)s.", address=form.email.data), "good")
            return redirect(here("people"), code=303)
    page = render_template(
        "backoffice/people/invite.html",
        form=form,
        chosen=roles,
        roles=[(role, role_name(role), role_work(role)) for role in ROLES],
    )
    return page, 422 if form.errors else 200


def _invite(email: str, roles: list[str]) -> None:
    now, language = clock.now(), page_language()
    services().throttle.count_attempt("send_code", account=email, address=caller_address())

    def work(session: Session, trail: Trail) -> None:
        made = invite(session, email=email, roles=roles, invited_by=staff_name(), language=language, now=now)
        trail(
            "invitation.create",
            f"invitation:{made.id}",
            f"{made.email} was invited: {made.roles}",
            details={"email": made.email, "roles": made.roles.split()},
        )

    change(work, now=now)


@staff_page("/people/invitations/<id:invitation_id>/resend", power="people", methods=("POST",))
def send_invitation_again(invitation_id: int) -> ResponseReturnValue:
    """Mail it again, with another code. Raises InvitationNotFound."""
    now, language = clock.now(), page_language()
    services().throttle.count_attempt(
        "send_code", account=f"invitation {invitation_id}", address=caller_address()
    )

    def work(session: Session, trail: Trail) -> str:
        sent = resend_invitation(session, invitation_id=invitation_id, language=language, now=now)
        trail("invitation.resend", f"invitation:{sent.id}", f"The invitation of {sent.email} was sent again")
        return sent.email

    flash(_("The invitation is on its way to %(address)s.", address=change(work, now=now)), "good")
    return redirect(here("people"), code=303)


@staff_page("/people/invitations/<id:invitation_id>/revoke", power="people", methods=("POST",))
def take_invitation_back(invitation_id: int) -> ResponseReturnValue:
    """Make its code worthless. Raises InvitationNotFound."""

    def work(session: Session, trail: Trail) -> str:
        gone = revoke_invitation(session, invitation_id=invitation_id, now=trail.now)
        trail("invitation.revoke", f"invitation:{gone.id}", f"The invitation of {gone.email} was taken back")
        return gone.email

    flash(_("The invitation of %(address)s is taken back.", address=change(work)), "good")
    return redirect(here("people"), code=303)
