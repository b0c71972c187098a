"""Which pages and reads are asked for in a growing database, by their routes; and which are not, and why.

`paths_of` holds the two lists against the routes that there are: a page that was added since stands in neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from werkzeug.routing import Map

# Language twins, and answers of the frame: files, and a host's question whether it is alive.
LEFT_OUT_BLUEPRINTS = {"site_in", "assets", "shared", "images", "docs", "openapi", "health", "demo_payment"}
BACK, AT = "/backoffice", "/backoffice/at/bench"
DAYS = "first_day={yesterday}&last_day={yesterday}"
MONTH = "first_day={month_ago}&last_day={yesterday}"

# endpoint -> what is asked for. Names in braces are the specimens of `growth_reads.specimens`.
WEBSITE: Mapping[str, tuple[str, ...]] = {
    "site.start": ("/en/", "/en/?day={day}&view=time", "/en/?day={day}&access=wheelchair"),
    "site.cinema": ("/en/cinemas/bench",),
    "site.films": ("/en/films",),
    "site.film": ("/en/films/{film}",),
    "site.feed": ("/en/feed.xml",),
    "site.programme_calendar": ("/en/programme.ics",),
    "crawlers.sitemap": ("/sitemap.xml",),
    "site.screening": ("/en/screenings/{screening}",),
    "site.screening_seats": ("/en/screenings/{screening}/seats.json",),
    "site.account": ("/en/account",),
    "site.account_settings": ("/en/account/settings",),
    "site.find_order": ("/en/orders",),
    "site.order": ("/en/orders/{code}",),
    "site.order_state": ("/en/orders/{code}/state",),
    "site.order_calendar": ("/en/orders/{code}/screening.ics",),
    "site.order_tickets_pdf": ("/en/orders/{code}/tickets.pdf",),
    "site.return_tickets": ("/en/orders/{code}/return",),
    "site.exchange_tickets": ("/en/orders/{code}/exchange",),
    "site.ticket": ("/en/tickets/{ticket}",),
    "site.ticket_calendar": ("/en/tickets/{ticket}.ics",),
    "site.ticket_pdf": ("/en/tickets/{ticket}.pdf",),
    "site.export_my_data": ("/en/account/export",),
}
GIVEN: Mapping[str, tuple[str, ...]] = {
    "given.get_day": ("/getDay?date={day}",),
    "given.full_schedule": ("/fullSchedule",),
    "given.get_tikets": ("/getTikets?username={buyer}",),
    "given.display_tikets": ("/displayTikets?username={buyer}",),
    "given.check_token": ("/checkToken?username={buyer}",),
    "given.is_email_confirmed": ("/isEmailConfirmed?username={buyer}",),
    "given.tiket": ("/tikets/{ticket}",),
    "given.tiket_png": ("/tikets/{ticket}.png",),
    "given.tiket_svg": ("/tikets/{ticket}.svg",),
}
V1_BUYER: Mapping[str, tuple[str, ...]] = {
    "v1.cinemas": ("/api/v1/cinemas",),
    "v1.cinema": ("/api/v1/cinemas/bench",),
    "v1.films": ("/api/v1/films",),
    "v1.film": ("/api/v1/films/{film}",),
    "v1.screenings": ("/api/v1/screenings", "/api/v1/screenings?day={day}", "/api/v1/screenings?film={film}"),
    "v1.screening": ("/api/v1/screenings/{screening}",),
    "v1.prices": ("/api/v1/screenings/{screening}/prices",),
    "v1.seats": ("/api/v1/screenings/{screening}/seats",),
    "v1.me": ("/api/v1/me",),
    "v1.my_tickets": ("/api/v1/me/tickets",),
    "v1.sessions": ("/api/v1/sessions",),
    "v1.orders": ("/api/v1/orders?mine=true",),
    "v1.order": ("/api/v1/orders/{code}",),
    "v1.payment": ("/api/v1/payments/{payment}",),
    "v1.ticket": ("/api/v1/tickets/{ticket}",),
    "v1.ticket_keys": ("/api/v1/ticket-keys",),
}
V1_STAFF: Mapping[str, tuple[str, ...]] = {
    "v1.orders": (
        "/api/v1/orders", "/api/v1/orders?code={code}", "/api/v1/orders?email={buyer}", "/api/v1/orders?email={guest}",
        "/api/v1/orders?screening={screening}", "/api/v1/orders?state=refunded", "/api/v1/orders?state=due",
    ),
    "v1.refunds_of_orders": ("/api/v1/refunds", "/api/v1/refunds?state=by_hand"),
    "v1.admissions": ("/api/v1/admissions", "/api/v1/admissions?screening={today}"),
    "v1.order_events": ("/api/v1/orders/{code}/events",),
    "v1.screening_plan": ("/api/v1/screenings/{screening}/plan",),
    "v1.house_seats": ("/api/v1/screenings/{screening}/house-seats",),
    "v1.halls": ("/api/v1/cinemas/bench/halls",),
    "v1.layout": ("/api/v1/halls/1/layout",),
    "v1.promo_codes": ("/api/v1/cinemas/bench/promo-codes",),
    "v1.vouchers": ("/api/v1/cinemas/bench/vouchers",),
    "v1.door_conflicts": ("/api/v1/door/conflicts",),
    "v1.door_screenings": ("/api/v1/door/screenings",),
    "v1.door_counts": ("/api/v1/door/counts?screenings={today}",),
    "v1.door_list": ("/api/v1/door/list?screenings={today}&salt={salt}",),
}  # fmt: skip
DOOR: Mapping[str, tuple[str, ...]] = {
    "door.page": ("/door/",),
    "door.me": ("/door/me",),
    "door.screenings": ("/door/screenings",),
    "door.counts": ("/door/counts?screenings={today}",),
    "door.door_list": ("/door/list?screenings={today}&salt={salt}",),
    "door.search": (
        "/door/search?screenings={today}&q={guest_at_the_door}",
        "/door/search?screenings={today}&q={end_at_the_door}",
    ),
}
BACK_OFFICE: Mapping[str, tuple[str, ...]] = {
    "backoffice.today": (f"{AT}/today",),
    "backoffice.today_live": (f"{AT}/today/live",),
    "backoffice.screening_figures": (f"{AT}/today/screenings/{{today}}",),
    "backoffice.hall_seats": (f"{AT}/today/halls/1?weeks=4",),
    "backoffice.week": (f"{AT}/week",),
    "backoffice.week_shelf": (f"{AT}/week/shelf",),
    "backoffice.screenings": (f"{AT}/screenings", f"{AT}/screenings?film=number%207"),
    "backoffice.screening_page": (f"{AT}/screenings/{{screening}}",),
    "backoffice.cancel_shown_screening": (f"{AT}/screenings/{{screening}}/cancel",),
    "backoffice.films": (f"{BACK}/films", f"{BACK}/films?title=number%207"),
    "backoffice.film_page": (f"{BACK}/films/{{film}}",),
    "backoffice.distributors": (f"{BACK}/distributors",),
    "backoffice.distributor_page": (f"{BACK}/distributors/1",),
    "backoffice.halls": (f"{AT}/halls",),
    "backoffice.hall": (f"{AT}/halls/1",),
    "backoffice.orders": (
        f"{BACK}/orders", f"{BACK}/orders?page=3", f"{BACK}/orders?email={{buyer}}", f"{BACK}/orders?email={{guest}}",
        f"{BACK}/orders?ticket={{end}}", f"{BACK}/orders?q={{guest}}", f"{BACK}/orders?q=guest12",
        f"{BACK}/orders?q=number%207",
        f"{BACK}/orders?day={{day}}", f"{BACK}/orders?film=number%207&day={{day}}",
        f"{BACK}/orders?seat=17&day={{day}}",
        f"{BACK}/orders?state=refunded", f"{BACK}/orders?state=due", f"{BACK}/orders?channel=counter",
        f"{BACK}/orders?sort=starts", f"{BACK}/orders?sort=-total",
    ),
    "backoffice.order": (f"{BACK}/orders/{{code}}",),
    "backoffice.order_seats": (f"{BACK}/orders/{{code}}/seats",),
    "backoffice.print_order": (f"{BACK}/orders/{{code}}/tickets.pdf",),
    "backoffice.customers": (f"{BACK}/customers", f"{BACK}/customers?address={{buyer}}"),
    "backoffice.customer": (f"{BACK}/customers/1",),
    "backoffice.guest": (f"{BACK}/guest?address={{guest}}",),
    "backoffice.outbox": (f"{BACK}/outbox", f"{BACK}/outbox?state=sent", f"{BACK}/outbox?recipient={{buyer}}"),
    "backoffice.outbox_message": (f"{BACK}/outbox/{{message}}",),
    "backoffice.audit_log": (
        f"{BACK}/audit", f"{BACK}/audit?actor=clerk%40example.org", f"{BACK}/audit?action=order.refunded",
        f"{BACK}/audit?subject=screening:{{screening}}", f"{BACK}/audit?first_day={{yesterday}}&last_day={{yesterday}}",
    ),
    "backoffice.audit_entry": (f"{BACK}/audit/{{entry}}",),
    "backoffice.people": (f"{BACK}/people",),
    "backoffice.person": (f"{BACK}/people/1001",),
    "backoffice.sessions": (f"{BACK}/sessions",),
    "backoffice.throttled": (f"{BACK}/throttled",),
    "backoffice.health": (f"{BACK}/health",),
    "backoffice.door_conflicts": (f"{BACK}/door/conflicts",),
    "backoffice.vouchers": (f"{AT}/vouchers",),
    "backoffice.promo_codes": (f"{AT}/promo-codes",),
    "backoffice.price_lists": (f"{AT}/prices",),
    "backoffice.price_list_page": (f"{AT}/prices/1",),
    "backoffice.ticket_types": (f"{AT}/ticket-types",),
    "backoffice.ticket_type_page": (f"{AT}/ticket-types/1",),
}  # fmt: skip
COUNTER: Mapping[str, tuple[str, ...]] = {
    "backoffice.counter": (f"{AT}/counter", f"{AT}/counter?day={{day}}"),
    "backoffice.counter_screening": (f"{AT}/counter/screenings/{{screening}}",),
    "backoffice.counter_states": (f"{AT}/counter/screenings/{{screening}}/states",),
    "backoffice.blocked_seats": (f"{AT}/counter/screenings/{{screening}}/blocked",),
    "backoffice.counter_orders": (f"{AT}/counter/orders", f"{AT}/counter/orders?film=number%207"),
    "backoffice.counter_order": (f"{AT}/counter/orders/{{code}}",),
    "backoffice.counter_exchange": (f"{AT}/counter/orders/{{code}}/exchange",),
    "backoffice.counter_refund": (f"{AT}/counter/orders/{{code}}/refund?ticket={{ticket}}&reason=ill",),
    "backoffice.counter_tickets_pdf": (f"{AT}/counter/orders/{{code}}/tickets.pdf",),
    "backoffice.refunds": (f"{AT}/refunds", f"{AT}/refunds?order={{code}}"),
    "backoffice.till": (f"{AT}/till",),
    "backoffice.my_till_report": (f"{AT}/till/30",),
    "backoffice.count_till": (f"{AT}/till/31/count?cash=100",),
    "backoffice.tills": (f"{AT}/tills", f"{AT}/tills?clerk=user1001%40example.org"),
    "backoffice.till_report": (f"{AT}/tills/30",),
}
FIGURES: Mapping[str, tuple[str, ...]] = {
    "backoffice.sales_report": (f"{AT}/sales?{DAYS}", f"{AT}/sales?{MONTH}"),
    "backoffice.settlement": (f"{AT}/payments?{DAYS}", f"{AT}/payments?{MONTH}"),
    "backoffice.tax_report": (f"{AT}/tax?{DAYS}", f"{AT}/tax?{MONTH}"),
    "backoffice.returns": (f"{AT}/returns",),
    "backoffice.film_return": (f"{AT}/returns/{{film}}/{{week}}",),
}

_FORM, _GONE, _OTHER = "a form that reads nothing of sales", "asks before it removes", "read by another route"
LEFT_OUT: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "site.forgot_password", "site.register", "site.reset_password", "site.second_factor", "site.confirm",
            "site.invitation", "site.sign_in", "site.sign_in_code", "site.open_found_order", "given.reset_password",
            "backoffice.new_hall", "backoffice.new_price_list", "backoffice.new_promo_code",
            "backoffice.new_ticket_type",
            "backoffice.new_cinema", "backoffice.new_distributor", "backoffice.new_film", "backoffice.invite_person",
            "backoffice.import_hall_text", "backoffice.hall_settings", "backoffice.cinema_settings",
            "backoffice.film_terms",
            "backoffice.lost_second_factor",
        ),
        _FORM,
    ),
    **dict.fromkeys(
        (
            "site.delete_my_account", "backoffice.revoke_key", "backoffice.remove_hall",
            "backoffice.delete_shown_price_list",
            "backoffice.delete_shown_draft", "backoffice.delete_customer", "backoffice.delete_shown_distributor",
            "backoffice.delete_shown_film", "backoffice.delete_film_terms", "backoffice.delete_guest",
            "backoffice.give_message_up", "backoffice.cancel_hold", "backoffice.refund_order_tickets",
        ),
        _GONE,
    ),
    **dict.fromkeys(
        ("site.screening_choice", "v1.hold", "v1.hall_plan", "v1.price_list", "v1.price_lists", "v1.ticket_types"),
            _OTHER
    ),
    **dict.fromkeys(
        ("site.ticket_apple_wallet", "site.ticket_google_wallet", "v1.payment_providers"), "not set up in this house"
    ),
    **dict.fromkeys(
        ("v1.webhook_endpoints", "v1.webhook_endpoint", "v1.webhook_deliveries", "backoffice.webhook_endpoints"),
        "nobody is told of events in this house",
    ),
    **dict.fromkeys(("v1.api_keys", "backoffice.api_keys"), "the house has no programs"),
    **dict.fromkeys(
        (
            "site.film_poster", "site.ticket_manifest", "site.ticket_worker", "door.manifest", "door.worker",
            "crawlers.robots",
            "backoffice.entrance",
        ),
        "a file, or leads elsewhere",
    ),
    **dict.fromkeys(("given.confirm_email", "given.resend_code"), "changes something"),
    **dict.fromkeys(("backoffice.send_return", "backoffice.sent_return_file"), "nothing was sent to distributors"),
    "backoffice.refund_hand_out": "no money waits to be handed out",
    "backoffice.move_sold_screening": "no hall is free at that hour",
    **dict.fromkeys(("backoffice.hall_text", "backoffice.promo_code_page", "backoffice.exchange_for_another"), _OTHER),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    """Pages that one kind of caller asks for. `staff`: else it is the buyer who bought much."""

    name: str
    staff: bool
    pages: Mapping[str, tuple[str, ...]]


GROUPS = (
    Group("website", staff=False, pages=WEBSITE),
    Group("given API", staff=False, pages=GIVEN),
    Group("API v1, buyers", staff=False, pages=V1_BUYER),
    Group("API v1, staff", staff=True, pages=V1_STAFF),
    Group("door", staff=True, pages=DOOR),
    Group("back office", staff=True, pages=BACK_OFFICE),
    Group("counter", staff=True, pages=COUNTER),
    Group("figures", staff=True, pages=FIGURES),
)


def require_a_rule_for_each(routes: Map) -> None:
    """Raise RuntimeError where a route that is read is neither asked for nor left out, or what is named is no route."""
    named = {endpoint for group in GROUPS for endpoint in group.pages} | LEFT_OUT.keys()
    there = {rule.endpoint for rule in routes.iter_rules() if "GET" in (rule.methods or ())}
    read = {endpoint for endpoint in there if endpoint.partition(".")[0] not in LEFT_OUT_BLUEPRINTS}
    _refuse("no word in benchmarks/growth_pages.py on", read - named)
    _refuse("benchmarks/growth_pages.py names what is no page:", named - read)


def _refuse(what: str, endpoints: Iterable[str]) -> None:
    if endpoints := sorted(endpoints):
        raise RuntimeError(f"{what} {', '.join(endpoints)}")
