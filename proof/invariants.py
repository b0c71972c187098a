"""Matinee's promises, each as a question to what is committed. An answer is a list of sentences: how it was broken."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta

from matinee.outbox.envelope import Sender, stable_message_id
from proof.committed import Committed
from proof.history import Record
from tests.payments.stripe_account import StripeAccount

# Of a worker that looks every few seconds.
TIDIED_WITHIN = timedelta(seconds=30)
SOLD = ("paid", "due")
MAIL_FROM = "Matinee <tickets@localhost>"


def no_seat_twice(committed: Committed) -> list[str]:
    """A seat has one valid ticket at the most, and each valid ticket has the claim on its seat for good."""
    valid = [ticket for ticket in committed.tickets if ticket.state == "valid"]
    times = Counter((ticket.screening_id, ticket.label) for ticket in valid)
    broken = [f"seat {seat} has {number} valid tickets" for seat, number in times.items() if number > 1]
    sold = {
        (each.screening_id, each.label, each.order_id) for each in committed.claims if each.expires_at is None
    }
    held = {(ticket.screening_id, ticket.label, ticket.order_id) for ticket in valid}
    broken += [f"a ticket without its seat: {each}" for each in held - sold]
    broken += [f"a seat that is sold without a ticket: {each}" for each in sold - held]
    return broken + [f"the file is damaged: {line}" for line in committed.damage]


def nothing_half_done(committed: Committed) -> list[str]:
    """An order is sold with all its tickets, or none of it is."""
    valid = Counter(ticket.order_id for ticket in committed.tickets if ticket.state == "valid")
    broken = []
    for order in committed.orders:
        if (order.state in SOLD) != (valid[order.id] > 0):
            broken.append(f"order {order.code} is {order.state} and has {valid[order.id]} valid tickets")
        if (order.state in ("held", "paying")) != (order.hold_expires_at is not None):
            broken.append(f"order {order.code} is {order.state} and is held until {order.hold_expires_at}")
    return broken


def nothing_acknowledged_lost(committed: Committed, records: Sequence[Record]) -> list[str]:
    """Each order and each ticket that somebody was told of is there, as he was told."""
    orders = {order.code: order for order in committed.orders}
    tickets = {ticket.id: ticket for ticket in committed.tickets}
    given_back = {
        each.owner for each in records if each.kind == "refund" and (each.in_doubt or each.result == "done")
    }
    broken = []
    for record in records:
        if record.result != "done":
            continue
        if record.kind != "buy" and record.owner not in orders:
            broken.append(f"order {record.owner} was told of ({record.kind}) and is not there")
        elif record.kind == "pay" and record.owner not in given_back and orders[record.owner].state != "paid":
            broken.append(f"order {record.owner} was paid and is {orders[record.owner].state}")
        for label, ticket_id in record.tickets.items():
            found = tickets.get(ticket_id)
            if found is None or (found.label, found.screening_id, found.state) != (
                label,
                record.screening,
                "valid",
            ):
                broken.append(f"ticket {ticket_id} for {label} was told of; committed is {found}")
    return broken


def done_once(committed: Committed, records: Sequence[Record]) -> list[str]:
    """However often a request was repeated with its key, it made one order: there are as many as were told of, or fewer
    than those and the ones in doubt."""
    told = {record.owner for record in records if record.kind == "hold" and record.result == "done"}
    open_holds = Counter(
        record.buyer
        for record in records
        if record.kind == "hold" and record.result != "done" and record.in_doubt
    )
    bought = {ticket for record in records for ticket in record.tickets.values()}
    open_buys = Counter(
        record.buyer for record in records if record.kind == "buy" and record.result == "unknown"
    )
    tickets = defaultdict(set)
    for ticket in committed.tickets:
        tickets[ticket.order_id].add(ticket.id)
    untold: Counter[tuple[str, str]] = Counter()
    for order in committed.orders:
        if order.code not in told and not tickets[order.id] & bought:
            untold[str(order.username), "hold" if order.total_amount else "buy"] += 1
    allowed = {"hold": open_holds, "buy": open_buys}
    return [
        f"{number} orders ({kind}) of {buyer} that he was never told of, where {allowed[kind][buyer]} are in doubt"
        for (buyer, kind), number in untold.items()
        if number > allowed[kind][buyer]
    ]


def money_adds_up(committed: Committed) -> list[str]:
    """What was taken is what the valid tickets cost and what went back, for each order and in all."""
    worth: Counter[int] = Counter()
    for ticket in committed.tickets:
        if ticket.state == "valid":
            worth[ticket.order_id] += ticket.amount
    back: Counter[int] = Counter()
    for refund in committed.refunds:
        back[refund.payment_id] += refund.amount
    broken = []
    taken: Counter[int] = Counter()
    for payment in committed.payments:
        if payment.state != "settled":
            continue
        if payment.refunded_amount != back[payment.id]:
            broken.append(
                f"payment {payment.public_id}: {payment.refunded_amount} back, refunds say {back[payment.id]}"
            )
        if payment.accepted:
            taken[payment.order_id] += payment.amount
        elif back[payment.id] != payment.amount:
            broken.append(
                f"payment {payment.public_id} was not accepted, and {back[payment.id]} of {payment.amount} went back"
            )
    for order in committed.orders:
        if order.paid_amount != taken[order.id]:
            broken.append(f"order {order.code}: {order.paid_amount} paid, payments say {taken[order.id]}")
        if order.paid_amount - order.refunded_amount != worth[order.id]:
            broken.append(
                f"order {order.code}: {order.paid_amount} - {order.refunded_amount} for {worth[order.id]}"
            )
    return broken


def both_books_agree(committed: Committed, account: StripeAccount) -> list[str]:
    """What the provider took and gave back is what the database says; nobody is charged twice for one payment."""
    payments = {payment.public_id: payment for payment in committed.payments}
    broken = []
    charged: Counter[str] = Counter()
    for session in list(account.sessions.values()):
        if session["payment_status"] == "paid":
            charged[session["metadata"]["payment_id"]] += 1
            payment = payments[session["metadata"]["payment_id"]]
            if payment.state != "settled" or payment.amount != session["amount_total"]:
                broken.append(f"{session['id']} took {session['amount_total']}, ours is {payment}")
    broken += [f"payment {public_id} was charged {n} times" for public_id, n in charged.items() if n > 1]
    settled = {payment.public_id for payment in committed.payments if payment.state == "settled"}
    broken += [
        f"payment {public_id} counts as settled and was not charged" for public_id in settled - set(charged)
    ]
    gave_back = sum(
        refund["amount"] for refund in account.refunds.values() if refund["status"] == "succeeded"
    )
    ours = sum(refund.amount for refund in committed.refunds)
    if gave_back != ours:
        broken.append(f"the provider gave {gave_back} back, ours say {ours}")
    return broken


def no_hold_outlives_its_time(committed: Committed) -> list[str]:
    """Of what ran out a worker that is alive soon says so: the order is over, and no seat is kept for it."""
    late = committed.at - TIDIED_WITHIN
    broken = [
        f"order {order.code} is {order.state}, {committed.at - order.hold_expires_at} after its end"
        for order in committed.orders
        if order.hold_expires_at is not None and order.hold_expires_at < late
    ]
    return broken + [
        f"seat {claim.label} of screening {claim.screening_id} is kept, {committed.at - claim.expires_at} after its end"
        for claim in committed.claims
        if claim.expires_at is not None and claim.expires_at < late
    ]


def no_hold_is_left(committed: Committed) -> list[str]:
    """Once all have run out and are tidied, no order waits for its end, and no seat is kept but by who has it for good."""
    broken = [
        f"order {order.code} is held until {order.hold_expires_at}"
        for order in committed.orders
        if order.hold_expires_at is not None
    ]
    return broken + [
        f"seat {claim.label} of screening {claim.screening_id} is kept until {claim.expires_at}"
        for claim in committed.claims
        if claim.expires_at is not None
    ]


def mails_came_once(arrived: Mapping[str, int], *, explained: int) -> list[str]:
    """No more mails came twice than can be explained. `arrived`: Message-ID -> how often."""
    twice = sum(number - 1 for number in arrived.values())
    return [f"{twice} mails came twice, where {explained} can be explained"] if twice > explained else []


def every_mail_arrived(committed: Committed, arrived: Mapping[str, int]) -> list[str]:
    """Each order that was ever sold has its mail, and each mail arrived. `arrived`: Message-ID -> how often."""
    sold = {ticket.order_id for ticket in committed.tickets}
    told = Counter(message.about for message in committed.messages if message.kind == "tickets")
    broken = [
        f"{told[f'order:{each}']} mails with the tickets of order {each}"
        for each in sold
        if told[f"order:{each}"] != 1
    ]
    domain = Sender.parsed(MAIL_FROM).domain
    valid = {f"order:{ticket.order_id}" for ticket in committed.tickets if ticket.state == "valid"}
    for message in committed.messages:
        if message.failed_at is not None and message.kind == "tickets" and message.about not in valid:
            continue  # everything was given back before the mail could leave
        if message.sent_at is None:
            broken.append(f"mail {message.id} ({message.kind}) was not sent: {message.last_error}")
            continue
        message_id = stable_message_id(
            message_id=message.id, kind=message.kind, recipient=message.recipient,
            created_at=message.created_at, domain=domain,
        )  # fmt: skip
        if message_id not in arrived:
            broken.append(f"mail {message.id} ({message.kind}) counts as sent and did not arrive")
    return broken
