"""The sale as it ought to be, in a few lines of memory: what the stateful test holds the real one against.

Amounts are minor units. Everything is told in terms of labels, in the order of the hall.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from matinee.kernel.money import allocate

Screening = int
Label = str
PROMO_PERCENT = 10
FEE = 35
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass
class ModelOrder:
    """What is known of an order."""

    screening: Screening
    # What each seat costs before any discount; of a hold, what it is for.
    lines: dict[Label, int]
    state: str
    fee_charged: bool
    expires_at: datetime | None = None
    promo: bool = False
    paid: int = 0
    refunded: int = 0
    total: int = 0
    # Its valid tickets, and what each cost in the end, fee included; and the fees in it.
    worth: dict[Label, int] = field(default_factory=dict)
    fees: dict[Label, int] = field(default_factory=dict)
    states_seen: list[str] = field(default_factory=list)

    def move(self, state: str) -> None:
        self.state = state
        self.states_seen.append(state)
        if state not in ("held", "paying"):
            self.expires_at = None

    @property
    def outstanding(self) -> int:
        if self.state in ("refunded", "cancelled"):
            return 0
        net = self.paid if self.state in ("due", "paid") else self.paid - self.refunded
        return self.total - net


@dataclass
class ModelPayment:
    """Money that was asked for, and whether it came."""

    order_id: int
    amount: int
    settled: bool = False
    returned: int = 0
    provider: str = "stripe"
    # Whether its order counts it; what does not count went back whole.
    accepted: bool = False
    settled_at: datetime | None = None


@dataclass
class ModelSale:
    """Who has which seat, and whose money is where. A hold that ran out has nothing."""

    prices: dict[Screening, dict[Label, int]]
    uses_max: int
    voucher_balance: int
    orders: dict[int, ModelOrder] = field(default_factory=dict)
    claims: dict[tuple[Screening, Label], int] = field(default_factory=dict)
    payments: dict[str, ModelPayment] = field(default_factory=dict)

    def has_run_out(self, order_id: int, now: datetime) -> bool:
        """Whether the order is a hold whose time is over."""
        expires_at = self.orders[order_id].expires_at
        return expires_at is not None and expires_at <= now

    def is_live(self, order_id: int, now: datetime) -> bool:
        return self.orders[order_id].state in ("held", "paying") and not self.has_run_out(order_id, now)

    def can_take(
        self, screening: Screening, labels: tuple[Label, ...], now: datetime, own: int | None = None
    ) -> bool:
        """Whether all these seats exist and are nobody's at `now`, or the order's own."""
        holders = [self.claims.get((screening, label)) for label in labels]
        return set(labels) <= set(self.prices[screening]) and all(
            holder is None or holder == own or self.has_run_out(holder, now) for holder in holders
        )

    def price(self, order: ModelOrder) -> None:
        """Work out what a hold would cost."""
        subtotal = sum(order.lines.values())
        priced = sum(1 for amount in order.lines.values() if amount)
        order.total = subtotal - self.discount(order) + (FEE * priced if order.fee_charged else 0)

    @staticmethod
    def discount(order: ModelOrder) -> int:
        return (sum(order.lines.values()) * PROMO_PERCENT + 50) // 100 if order.promo else 0

    def take(
        self, order_id: int, screening: Screening, labels: tuple[Label, ...], now: datetime, hold: timedelta
    ) -> None:
        """A new hold."""
        order = ModelOrder(screening, self.lines(screening, labels), "", True, now + hold)
        order.move("held")
        self.orders[order_id] = order
        self.price(order)
        self.claim(order_id)

    def sell_at_once(self, order_id: int, screening: Screening, labels: tuple[Label, ...]) -> None:
        """What the purchase calls and the counter do, which hold nothing first and charge no fee."""
        order = ModelOrder(screening, self.lines(screening, labels), "", False)
        self.orders[order_id] = order
        self.price(order)
        order.move("due" if order.total else "paid")
        self.claim(order_id)
        order.worth = dict(order.lines)
        order.fees = dict.fromkeys(order.lines, 0)

    def lines(self, screening: Screening, labels: tuple[Label, ...]) -> dict[Label, int]:
        return {label: price for label, price in self.prices[screening].items() if label in labels}

    def claim(self, order_id: int) -> None:
        self.free(order_id)
        order = self.orders[order_id]
        self.claims.update({(order.screening, label): order_id for label in order.lines})

    def free(self, order_id: int, labels: set[Label] | None = None) -> None:
        self.claims = {
            (screening, label): holder
            for (screening, label), holder in self.claims.items()
            if holder != order_id or (labels is not None and label not in labels)
        }

    def uses(self, now: datetime, but: int) -> int:
        """How many orders have the promo code at `now`, but this one."""
        return sum(
            order.promo and (order.state in ("due", "paid") or self.is_live(one, now))
            for one, order in self.orders.items()
            if one != but
        )

    def use_is_left(self, order_id: int, now: datetime) -> bool:
        return not self.orders[order_id].promo or self.uses(now, order_id) < self.uses_max

    def end(self, order_id: int, state: str) -> None:
        """A hold ends: its seats are free, and what was paid of it is back."""
        order = self.orders[order_id]
        order.move(state)
        self.free(order_id)
        self.give_back(order, order.paid - order.refunded)

    def give_back(self, order: ModelOrder, amount: int) -> None:
        """Over its payments, the latest first. Nothing is paid by voucher after the last card payment counted."""
        order.refunded += amount
        accepted = [
            one for one in self.payments.values() if one.accepted and self.orders[one.order_id] is order
        ]
        # Of two at the same moment, the one that was made later comes first.
        latest_first = sorted(
            enumerate(accepted), key=lambda pair: (pair[1].settled_at or NEVER, pair[0]), reverse=True
        )
        for _, payment in latest_first:
            part = min(amount, payment.amount - payment.returned)
            payment.returned += part
            amount -= part
            if payment.provider == "voucher":
                self.voucher_balance += part
        assert amount == 0

    def settle(self, public_id: str, now: datetime) -> None:
        """Money came: the order is sold, or it goes back. A hold of which no more is awaited is as it was before."""
        self._settle(public_id, now)
        order_id = self.payments[public_id].order_id
        awaited = any(one.order_id == order_id and not one.settled for one in self.payments.values())
        if self.orders[order_id].state == "paying" and not awaited:
            self.orders[order_id].move("held")

    def _settle(self, public_id: str, now: datetime) -> None:
        payment = self.payments[public_id]
        payment.settled = True
        payment.settled_at = now
        order = self.orders[payment.order_id]
        if not self._accepts(payment, order, now):
            payment.returned = payment.amount
            order.states_seen.append(order.state)
            return
        payment.accepted = True
        order.paid += payment.amount
        if order.state in ("held", "paying", "expired") and order.outstanding == 0:
            self.claim(payment.order_id)
            self.issue(order)
            order.total += order.refunded
            order.move("paid")
        if order.outstanding == 0 and order.state != "paid":
            order.move("paid")

    def _accepts(self, payment: ModelPayment, order: ModelOrder, now: datetime) -> bool:
        if order.state in ("refunded", "cancelled") or payment.amount > order.outstanding:
            return False
        if order.state == "paid" and order.outstanding == 0:
            return False
        if order.state == "due":
            return True
        if payment.amount < order.outstanding:
            return self.is_live(payment.order_id, now)
        return self.use_is_left(payment.order_id, now) and self.can_take(
            order.screening, tuple(order.lines), now, own=payment.order_id
        )

    def issue(self, order: ModelOrder, fee_total: int | None = None) -> None:
        """Tickets for every line; discount and fee are cut in proportion, to the unit."""
        amounts = list(order.lines.values())
        priced = [1 if amount else 0 for amount in amounts]
        fee = (FEE * sum(priced) if order.fee_charged else 0) if fee_total is None else fee_total
        discounts, fees = allocate(self.discount(order), amounts), allocate(fee, priced)
        order.worth = {
            label: amount - off + charged
            for label, amount, off, charged in zip(order.lines, amounts, discounts, fees, strict=True)
        }
        order.fees = dict(zip(order.lines, fees, strict=True))

    def refund(self, order_id: int, labels: set[Label]) -> None:
        """Some valid tickets go back."""
        order = self.orders[order_id]
        order.worth = {label: worth for label, worth in order.worth.items() if label not in labels}
        self.free(order_id, labels)
        amount = self._lower_total(order, sum(order.worth.values()))
        if not order.worth:
            order.move("refunded" if order.state == "paid" or amount else "cancelled")
        elif order.state == "due" and order.outstanding == 0:
            order.move("paid")
        else:
            order.states_seen.append(order.state)
        self.give_back(order, amount)

    def exchange(self, order_id: int, screening: Screening, labels: tuple[Label, ...]) -> None:
        """The order has other seats, at their price, with the fees that it had."""
        order = self.orders[order_id]
        fee = sum(order.fees[label] for label in order.worth)
        order.screening, order.lines = screening, self.lines(screening, labels)
        self.claim(order_id)
        self.issue(order, fee_total=fee)
        amount = self._lower_total(order, sum(order.worth.values()))
        order.states_seen.append(order.state)
        self.give_back(order, amount)
        wanted = "due" if order.outstanding else "paid"
        if order.state != wanted:
            order.move(wanted)

    @staticmethod
    def _lower_total(order: ModelOrder, kept: int) -> int:
        amount = max(0, order.paid - order.refunded - kept)
        order.total = kept + order.refunded + amount
        return amount

    def valid_tickets(self) -> dict[tuple[Screening, Label], int]:
        """The seats that are sold, with their order."""
        return {
            (order.screening, label): order_id
            for order_id, order in self.orders.items()
            for label in order.worth
        }
