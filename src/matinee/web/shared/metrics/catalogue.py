"""Every metric, by its name: what it says, and its labels. No label holds an id, a path or what a person typed.

All begin with `matinee_`, and what is counted ends with `_total`; here both are left out.
"""

from __future__ import annotations

from typing import NamedTuple


class Metric(NamedTuple):
    """What is said of it, and its labels.

    `begins_with`: labels that are there from the start, at 0. Of others the first is lost to whoever asks for an increase.
    """

    help: str
    labels: tuple[str, ...] = ()
    begins_with: tuple[tuple[str, ...], ...] = ()


# Counted by `kernel.counts`, each in the process where it happens.
COUNTED: dict[str, Metric] = {
    "order_steps": Metric(
        "Orders that went from one state to another", ("from_state", "to_state", "channel")
    ),
    "tickets_sold": Metric(
        "Tickets whose order was paid in full", ("channel",), (("given",), ("v1",), ("site",), ("counter",))
    ),
    "money_taken_minor_units": Metric("Money accepted for orders, in minor units", ("provider", "currency")),
    "money_returned_minor_units": Metric(
        "Money that is to go back, in minor units", ("provider", "currency")
    ),
    "refusals": Metric(
        "Transactions undone by a refusal; `unavailable` is a seat that is taken",
        ("code",),
        (("unavailable",),),
    ),
    "payments": Metric("Payments that came to an end", ("provider", "outcome")),
    "provider_calls": Metric("Calls to and by payment providers", ("provider", "call", "outcome")),
    "refunds": Metric("Refunds that a provider was asked for", ("provider", "outcome")),
    "deliveries": Metric(
        "Mails and webhooks that were tried",
        ("channel", "outcome"),
        tuple(
            (channel, outcome)
            for channel in ("mail", "webhook")
            for outcome in ("sent", "postponed", "given_up")
        ),
    ),
    "admissions": Metric("Tickets that were let in"),
    "scans": Metric("What scanners told of", ("result",)),
    "transaction_retries": Metric(
        "Transactions begun anew after a deadlock, a busy database or a lost connection"
    ),
    "database_unavailable": Metric(
        "Transactions and statements given up because the database did not answer"
    ),
}
REQUESTS = Metric("Requests answered", ("method", "route", "status"))
REQUEST_SECONDS = Metric("How long requests took", ("method", "route"))
# Upper bounds. A purchase shall take 50 ms at the most, a buyer in a crowd 10 s.
REQUEST_SECONDS_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)

# Those of one moment in each process, which die with it.
IN_FLIGHT = Metric("Requests that are being answered, or wait for the database together with others")
CONNECTIONS_IN_USE = Metric("Connections that are taken from the pool")

# Read when they are asked for.
READ: dict[str, Metric] = {
    "build_info": Metric("The version that runs; always 1", ("version", "python", "database")),
    "database_up": Metric("Whether the database answered this very question"),
    "database_bytes": Metric("Room that the database takes"),
    "database_pool_size": Metric("Connections that each process may keep open at once", ()),
    "workers_alive": Metric("Workers seen in the last two minutes"),
    "worker_heartbeat_age_seconds": Metric("Since the last sign of life of any worker; none where none was seen for a day"),
    "outbox_waiting": Metric("Mails and webhooks that wait to be delivered", ("channel",)),
    "outbox_oldest_seconds": Metric("How long the oldest of them has been waiting", ("channel",)),
    "outbox_given_up": Metric("Mails and webhooks that were given up and are still kept", ("channel",)),
    "holds": Metric("Orders whose seats are held at this moment"),
    "refunds_waiting": Metric("Refunds that a provider has not confirmed"),
    "refunds_oldest_seconds": Metric("How long the oldest of them has been waiting"),
    "screenings_on_sale": Metric("Screenings of the next 24 hours that can be bought"),
    "last_sale_age_seconds": Metric("Since a ticket was last sold; none where none ever was"),
    "disk_free_bytes": Metric("Room on the disk of the data directory"),
    "backup_age_seconds": Metric("Age of the newest backup; none where nothing is known of backups, or there is none"),
    "backup_age_max_seconds": Metric("How old it may be; none where nothing is known of backups"),
}  # fmt: skip
