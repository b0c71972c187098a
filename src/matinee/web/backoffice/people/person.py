"""A member of the staff: the roles, the devices, the second factor, a new password."""

from __future__ import annotations

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from matinee.accounts.confirmation import send_reset_code
from matinee.accounts.errors import LastManager, OwnManagerRole, RoleNotFound
from matinee.accounts.models import ROLES
from matinee.accounts.sessions import end_all_sessions
from matinee.accounts.staff import change_roles, member_to_change, staff_member, turn_off_lost_second_factor
from matinee.kernel import clock
from matinee.web.backoffice.blueprint import here, staff_id, staff_page
from matinee.web.backoffice.changes import Trail, change, read
from matinee.web.backoffice.people.staff_list import factor_of
from matinee.web.backoffice.refusals import flash_refusal
from matinee.web.backoffice.sure import ask_sure, is_sure
from matinee.web.shared.address import caller_address
from matinee.web.shared.languages import _
from matinee.web.shared.roles import role_name, role_work
from matinee.web.shared.services import services


@staff_page("/people/<id:user_id>", power="people")
def person(user_id: int) -> ResponseReturnValue:
    """What is known of a member of the staff, and what can be changed. Raises UserNotFound."""
    now = clock.now()
    member = read(lambda session: staff_member(session, user_id=user_id, now=now))
    return render_template(
        "backoffice/people/person.html",
        member=member,
        factor=factor_of(member),
        is_self=user_id == staff_id(),
        roles=[(role, role_name(role), role_work(role)) for role in ROLES],
    )


@staff_page("/people/<id:user_id>/roles", power="people", methods=("POST",))
def change_person_roles(user_id: int) -> ResponseReturnValue:
    """Let the member have the roles that were ticked; without any the person belongs to the staff no more."""
    wanted = frozenset(request.form.getlist("role"))

    def work(session: Session, trail: Trail) -> frozenset[str]:
        user = member_to_change(session, user_id=user_id)
        came, went = change_roles(session, user=user, roles=wanted, by_user_id=staff_id())
        steps = [f"+{role}" for role in sorted(came)] + [f"-{role}" for role in sorted(went)]
        trail(
            "staff.roles",
            f"user:{user_id}",
            f"Roles of {user.username}: {', '.join(steps) or 'unchanged'}",
            details={"before": sorted(wanted - came | went), "after": sorted(wanted)},
        )
        return wanted

    try:
        left = change(work)
    except (LastManager, OwnManagerRole, RoleNotFound) as error:
        flash_refusal(error)
        return redirect(here("person", user_id=user_id), code=303)
    if not left:
        flash(
            _(
                "This person does not belong to the staff any more. The account stays, as that of a moviegoer."
            ),
            "good",
        )
        return redirect(here("people"), code=303)
    flash(_("The roles are changed. They count from the next click on."), "good")
    return redirect(here("person", user_id=user_id), code=303)


@staff_page("/people/<id:user_id>/sign-out", power="people", methods=("POST",))
def sign_person_out(user_id: int) -> ResponseReturnValue:
    """End every session of the member."""

    def work(session: Session, trail: Trail) -> None:
        user = member_to_change(session, user_id=user_id)
        end_all_sessions(session, user=user)
        trail("staff.sign_out", f"user:{user_id}", f"{user.username} was signed out everywhere")

    change(work)
    flash(_("Signed out on every device."), "good")
    return redirect(here("person", user_id=user_id), code=303)


@staff_page("/people/<id:user_id>/reset", power="people", methods=("POST",))
def mail_person_reset(user_id: int) -> ResponseReturnValue:
    """Mail a code with which the member sets a new password."""
    service, now = services(), clock.now()
    name = read(lambda session: staff_member(session, user_id=user_id, now=now)).name
    service.throttle.count_attempt("send_code", account=name, address=caller_address())

    def work(session: Session, trail: Trail) -> None:
        user = member_to_change(session, user_id=user_id)
        send_reset_code(session, user=user, lifetime=service.reset_code_lifetime, now=now, website=True)
        trail(
            "staff.reset_mail", f"user:{user_id}", f"A code for a new password was mailed to {user.username}"
        )

    change(work, now=now)
    flash(_("A code for a new password is on its way to %(address)s.", address=name), "good")
    return redirect(here("person", user_id=user_id), code=303)


@staff_page("/people/<id:user_id>/second-factor", power="people", methods=("GET", "POST"))
def lost_second_factor(user_id: int) -> ResponseReturnValue:
    """Before it, and turning off the second factor of somebody who lost the phone. Raises SecondFactorOff."""
    now, back = clock.now(), here("person", user_id=user_id)
    member = read(lambda session: staff_member(session, user_id=user_id, now=now))
    if request.method == "POST":
        if not is_sure(member.name):
            return redirect(back, code=303)
        change(lambda session, trail: _turn_off(session, trail, user_id), now=now)
        flash(_("The second factor is off, and every device is signed out. A mail tells of it."), "good")
        return redirect(back, code=303)
    return ask_sure(
        title=_("Turn off a lost second factor"),
        warning=_("Make sure that it is this person who asks, and not somebody who knows the password."),
        facts=[
            (_("Who"), member.name),
            (_("Roles"), ", ".join(map(role_name, member.roles))),
            (_("Devices that are signed out"), str(member.sessions)),
            (_("Afterwards"), _("The password alone signs in, until a new one is set up.")),
        ],
        word=member.name,
        action=here("lost_second_factor", user_id=user_id),
        button=_("Turn it off"),
        back=back,
    )


def _turn_off(session: Session, trail: Trail, user_id: int) -> None:
    user = member_to_change(session, user_id=user_id)
    turn_off_lost_second_factor(session, user=user, now=trail.now)
    trail(
        "staff.second_factor_off",
        f"user:{user_id}",
        f"The lost second factor of {user.username} was turned off",
    )
