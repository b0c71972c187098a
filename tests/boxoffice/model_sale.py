"""The sale as it ought to be, in a few lines of memory: what the stateful test holds the real one against."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

Screening = int
Label = str


@dataclass
class ModelOrder:
    """What is known of an order: its seats, its state, and until when it is held."""

    screening: Screening
    labels: tuple[Label, ...]
    state: str
    amount: int
    expires_at: datetime | None = None
    states_seen: list[str] = field(default_factory=list)

    def move(self, state: str) -> None:
        self.state = state
        self.states_seen.append(state)


@dataclass
class ModelSale:
    """Who has which seat. A hold that ran out has nothing."""

    prices: dict[Screening, dict[Label, int]]
    orders: dict[int, ModelOrder] = field(default_factory=dict)
    claims: dict[tuple[Screening, Label], int] = field(default_factory=dict)

    def is_free(self, screening: Screening, label: Label, now: datetime) -> bool:
        """Whether anybody could take the seat now."""
        holder = self.claims.get((screening, label))
        if label not in self.prices[screening]:
            return False
        return holder is None or self.has_run_out(holder, now)

    def has_run_out(self, order_id: int, now: datetime) -> bool:
        """Whether the order is a hold whose time is over."""
        order = self.orders[order_id]
        return order.state == "held" and order.expires_at is not None and order.expires_at <= now

    def can_take(self, screening: Screening, labels: tuple[Label, ...], now: datetime) -> bool:
        return all(self.is_free(screening, label, now) for label in labels)

    def take(
        self,
        order_id: int,
        screening: Screening,
        labels: tuple[Label, ...],
        now: datetime,
        hold: timedelta | None,
    ) -> ModelOrder:
        """The order takes the seats: for good, or for as long as `hold` says."""
        amount = sum(self.prices[screening][label] for label in labels)
        order = ModelOrder(screening, labels, "held", amount, now + hold if hold else None)
        order.move("held" if hold else self.sold_state(order))
        self.orders[order_id] = order
        self.claims.update(dict.fromkeys(((screening, label) for label in labels), order_id))
        return order

    @staticmethod
    def sold_state(order: ModelOrder) -> str:
        return "due" if order.amount else "paid"

    def let_go(self, order_id: int, state: str) -> None:
        """The order ends in `state`; what it still has is free."""
        order = self.orders[order_id]
        order.move(state)
        order.expires_at = None
        self.claims = {seat: holder for seat, holder in self.claims.items() if holder != order_id}

    def valid_tickets(self) -> dict[tuple[Screening, Label], int]:
        """The seats of the orders that are sold, with their order."""
        return {
            (order.screening, label): order_id
            for order_id, order in self.orders.items()
            if order.state in ("due", "paid")
            for label in order.labels
        }
