"""POST /door/scans"""

from __future__ import annotations

from typing import Annotated

from flask import jsonify
from flask.typing import ResponseReturnValue
from pydantic import Field

from matinee.kernel import clock
from matinee.web.door.blueprint import door_call, may_let_in_unpaid
from matinee.web.door.reading import read_body
from matinee.web.shared.door_answers import moment_text, told_answer, told_counts
from matinee.web.shared.door_requests import SCANS_MAX, ScanFields, ScannerFields
from matinee.web.shared.door_scans import settle_scans
from matinee.web.shared.services import services
from matinee.web.shared.visitors import visitor


class ToldScans(ScannerFields):
    """What a scanner did, in the order in which it did."""

    scans: Annotated[list[ScanFields], Field(min_length=1, max_length=SCANS_MAX)]


@door_call("/scans", methods=("POST",))
def scans() -> ResponseReturnValue:
    """Deal with scans, each once, and say what became of each. Raises ScanToldDifferently."""
    told, now, transactions = read_body(ToldScans), clock.now(), services().transactions
    answers = settle_scans(
        transactions,
        scanner=told.as_scanner(by=visitor().name, may_let_in_unpaid=may_let_in_unpaid()),
        scans=[scan.as_scan() for scan in told.scans],
        now=now,
    )
    counts = transactions.read(lambda session: told_counts(session, screening_ids=told.screenings))
    return jsonify(now=moment_text(now), answers=[told_answer(answer) for answer in answers], counts=counts)
