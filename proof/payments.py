"""A payment provider that is slow, fails after it has charged, and tells of it late, twice and out of order."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator

from proof.committed import Committed, let_refunds_go, read_committed
from proof.databases import fresh_databases
from proof.house import build_house
from proof.invariants import both_books_agree, money_adds_up
from proof.payers import Payer
from proof.postman import Postman
from proof.scenario import Outcome, Plan
from proof.stage import BUYERS, Stage
from tests.payments.fake_stripe import SECRET_KEY, WEBHOOK_SECRET, FakeStripe, running_fake_stripe
from tests.race.processes import wait_until

SEATS = 24
SESSIONS, REFUNDS = "/v1/checkout/sessions", "/v1/refunds"
# What goes wrong, by turns; see the fake's `Failure`.
FAILURES: tuple[tuple[str, str | int], ...] = (
    (SESSIONS, "drop"), (REFUNDS, "drop"), (SESSIONS, "fault"), (REFUNDS, "fault"), (SESSIONS, "slow"),
    (REFUNDS, "slow"), (SESSIONS, 503), (REFUNDS, 503), (SESSIONS, "drop_before"), (REFUNDS, "drop_before"),
)  # fmt: skip
REFUNDS_SECONDS_MAX = 120.0


def run(plan: Plan) -> Iterator[Outcome]:
    """On both databases."""
    for database, url in fresh_databases(plan, "payments"):
        outcome = Outcome("payments", database)
        house = build_house(url, screenings=2, seats=SEATS, people=BUYERS, all_priced=True)
        with running_fake_stripe() as stripe:
            extra = {
                "MATINEE_STRIPE_API_BASE": stripe.url,
                "MATINEE_STRIPE_SECRET_KEY": SECRET_KEY,
                "MATINEE_STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
            }
            with Stage(plan, outcome, url, extra=extra, house=house) as stage:
                _sell(plan, stage, stripe)
        yield outcome


def _sell(plan: Plan, stage: Stage, stripe: FakeStripe) -> None:
    over = threading.Event()
    postman = Postman(stripe, stage.web.port, seed=plan.seed)
    payers = [
        Payer(stage.house, n, port=stage.web.port, url=stage.url, stripe=stripe, seed=plan.seed, over=over)
        for n in range(BUYERS)
    ]
    for thread in (postman, *payers):
        thread.start()
    _let_things_go_wrong(plan, stage, stripe)
    over.set()
    for payer in payers:
        payer.wait()
    _overtake(stage, payers)
    postman.end()
    _let_refunds_come_through(stage)
    # Notices of the last refunds.
    rest = Postman(stripe, stage.web.port, seed=plan.seed)
    rest.start()
    rest.end()
    stage.outcome.count("failures of the provider", stripe.failed, needed=True)
    _tell(stage.outcome, payers, postman)
    committed = read_committed(stage.url)
    stage.outcome.blame(*both_books_agree(committed, stripe.account), *money_adds_up(committed))
    # Ends of holds were set while seats were sold.
    stage.close([record for payer in payers for record in payer.records], steady_clock=False)
    _tell_of_money(stage.outcome, committed)


def _let_things_go_wrong(plan: Plan, stage: Stage, stripe: FakeStripe) -> None:
    """And kill the web server in the middle, once: what it had begun is carried on by who asks again."""
    ends = time.monotonic() + plan.seconds
    chance = random.Random(plan.seed)
    turn = 0
    killed = False
    while time.monotonic() < ends:
        path, how = FAILURES[turn % len(FAILURES)]
        # The library itself asks again after some; three times in a row is more than it has patience for.
        stripe.fail("POST", path, how, times=chance.choice((1, 3)))
        turn += 1
        time.sleep(0.7)
        if not killed and time.monotonic() > ends - plan.seconds / 2:
            stage.web.kill()
            stage.web.start()
            killed = True
            stage.outcome.count("kills of the web server", 1, needed=True)
    for failure in stripe.failures:
        failure.times = 0


def _overtake(stage: Stage, payers: list[Payer]) -> None:
    """Somebody pays for a seat that was his and is another's by now: what chance brings rarely."""
    first, second = payers[:2]
    taken = {(claim.screening_id, claim.label) for claim in read_committed(stage.url).claims}
    free = (
        (showing, label)
        for showing in stage.house.priced
        for label in stage.house.labels
        if (showing.id, label) not in taken
    )
    assert any(first.is_overtaken_by(second, showing, label) for showing, label in free), (
        "nobody was overtaken"
    )


def _let_refunds_come_through(stage: Stage) -> None:
    """Let the worker carry out what is left, as though the pauses after failures had passed."""

    def none_is_left() -> bool:
        return let_refunds_go(stage.url) == 0

    wait_until("every refund is carried out", none_is_left, REFUNDS_SECONDS_MAX, 1.0)


def _tell(outcome: Outcome, payers: list[Payer], postman: Postman) -> None:
    for what in ("notices", "notices sent twice", "notices out of order"):
        outcome.count(what, postman.met[what], needed=True)
    outcome.count("notices sent again", postman.met["notices sent again"])
    answers = {what: number for what, number in postman.met.items() if what.startswith("answered")}
    if set(answers) - {"answered 200", "answered 503"}:
        outcome.blame(f"the provider's notices were {answers}")
    outcome.count("payments that began when asked for again", sum(payer.begun_late for payer in payers))
    outcome.count("payments begun again after a fault", sum(payer.begun_again for payer in payers))
    never = sum(payer.never_begun for payer in payers)
    if never:
        outcome.blame(f"{never} buyers could not begin to pay, however often they asked")
    outcome.count("payments after the hold ran out", sum(payer.late for payer in payers), needed=True)


def _tell_of_money(outcome: Outcome, committed: Committed) -> None:
    settled = [payment for payment in committed.payments if payment.state == "settled"]
    outcome.count("payments taken", len(settled), needed=True)
    outcome.count(
        "came too late and went back", sum(not payment.accepted for payment in settled), needed=True
    )
    outcome.count("refunds", len(committed.refunds), needed=True)
