"""GET and POST /backoffice/api-keys: keys with which programs call."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import flash, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy.orm import Session

from matinee.accounts.api_keys import create_api_key, find_api_key, list_api_keys, revoke_api_key
from matinee.accounts.models import ApiKey
from matinee.accounts.scopes import PERSONAL, SCOPES
from matinee.kernel import clock
from matinee.kernel.errors import DomainError
from matinee.web.backoffice.blueprint import here, lead_to, staff_page, this_house
from matinee.web.backoffice.changes import Trail, change, read
from matinee.web.backoffice.days import beginning_of, day_of
from matinee.web.backoffice.listing import Column, Listing, Wanted, in_order, show_listing
from matinee.web.backoffice.refusals import flash_refusal
from matinee.web.backoffice.sure import ask_sure, is_sure
from matinee.web.shared.languages import N_, _
from matinee.web.shared.visitors import visitor

NAME_CHARACTERS_MAX = 100
SAID = {
    "sales": N_("Hold, order and pay, for buyers"),
    "programme:read": N_("Read the programme"),
    "programme:write": N_("Change cinemas, halls, films, screenings and prices"),
    "orders:read": N_("Read everybody’s orders"),
    "orders:write": N_("Refund, exchange, take money, vouchers"),
    "admissions:write": N_("Let tickets in"),
    "admissions:manage": N_("See what doors let in twice, let in who has not paid"),
    "webhooks:write": N_("Say where events are told"),
    "keys:write": N_("Make and revoke keys"),
}


@staff_page("/api-keys", power="people", methods=("GET", "POST"))
def api_keys() -> ResponseReturnValue:
    """The keys, the newest first, and a form for another one. A new key is shown in the answer to the form, this once."""
    return _show(secret=_create() if request.method == "POST" else None)


def _show(*, secret: str | None) -> ResponseReturnValue:
    zone = ZoneInfo(this_house().timezone)

    def told(moment: datetime | None) -> str:
        return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M") if moment is not None else ""

    columns: list[Column[ApiKey]] = [
        Column("name", _("Name"), lambda key: key.name, sorts=True),
        Column("hint", _("Ends with"), lambda key: f"…{key.hint}"),
        Column("scopes", _("May"), lambda key: key.scopes),
        Column("made", _("Made"), lambda key: told(key.created_at), sorts=True),
        Column("used", _("Last used"), lambda key: told(key.last_used_at) or _("never"), sorts=True),
        Column("expires", _("Until"), lambda key: told(key.expires_at) or _("it is revoked")),
        Column("do", _("What to do"), lambda key: "", _revoke_link),
    ]
    refused = request.method == "POST" and secret is None
    typed = request.form if refused else {}
    return show_listing(
        Listing(
            name="api-keys",
            title=_("API keys"),
            columns=columns,
            source=_keys,
            sort="-made",
            nothing=_("There is no key. Programs need none to read the programme."),
        ),
        template="backoffice/orders/api_keys.html",
        secret=secret,
        scopes=[(scope, _(SAID.get(scope, scope))) for scope in SCOPES if scope not in PERSONAL],
        typed_name=typed.get("name", ""),
        typed_until=typed.get("until", ""),
        typed_scopes=request.form.getlist("scope") if refused else [],
    )


def _create() -> str | None:
    """Make the key that the form asks for; return its secret, or None where it is refused, which the page says."""
    now, name = clock.now(), " ".join(request.form.get("name", "").replace("\0", "").split())
    if not 0 < len(name) <= NAME_CHARACTERS_MAX:
        flash(_("Give the key a name of at most 100 characters."), "error")
        return None
    if not request.form.getlist("scope"):
        flash(_("Choose what the key may do."), "error")
        return None
    expires_at = None
    if request.form.get("until"):
        expires_at = beginning_of(
            day_of(request.form["until"], default=now.date()), zone=this_house().timezone
        )
        if expires_at <= now:
            flash(_("The key would end in the past."), "error")
            return None

    def work(session: Session, trail: Trail) -> str:
        key, secret = create_api_key(
            session,
            name=name,
            scopes=request.form.getlist("scope"),
            creator=visitor().caller,
            expires_at=expires_at,
            now=now,
        )
        trail("api_key.create", f"key:{key.public_id}", f"API key {name}: {key.scopes}")
        return secret

    try:
        return change(work, now=now)
    except DomainError as error:
        flash_refusal(error)
        return None


@staff_page("/api-keys/<key_id>/revoke", power="people", methods=("GET", "POST"))
def revoke_key(key_id: str) -> ResponseReturnValue:
    """Make a key worthless, once its end was typed. Raises ApiKeyNotFound."""
    now = clock.now()
    key = read(lambda session: find_api_key(session, public_id=key_id[:40]))
    if request.method == "GET":
        return ask_sure(
            title=_("Revoke the key %(name)s?", name=key.name),
            facts=[(_("May"), key.scopes), (_("Ends with"), f"…{key.hint}")],
            word=key.hint,
            action=here("revoke_key", key_id=key.public_id),
            button=_("Revoke"),
            back=here("api_keys"),
            warning=_("Programs that call with it are refused from that moment on."),
        )
    if not is_sure(key.hint):
        return lead_to(here("revoke_key", key_id=key.public_id))

    def work(session: Session, trail: Trail) -> None:
        revoke_api_key(session, public_id=key.public_id, now=now)
        trail("api_key.revoke", f"key:{key.public_id}", f"API key {key.name} revoked")

    change(work, now=now)
    flash(_("The key is revoked."), "good")
    return lead_to(here("api_keys"))


def _keys(session: Session, wanted: Wanted) -> Sequence[ApiKey]:
    by = {
        "name": lambda key: key.name.casefold(),
        "made": lambda key: key.id,
        "used": lambda key: (key.last_used_at is not None, key.last_used_at or key.created_at),
    }
    return in_order(list_api_keys(session), wanted, by)


def _revoke_link(key: ApiKey) -> Markup:
    return Markup('<a href="{}" aria-label="{}">{}</a>').format(
        here("revoke_key", key_id=key.public_id), _("Revoke %(name)s", name=key.name), _("Revoke")
    )
