"""POST /door/scans"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from flask.views import MethodView
from pydantic import Field

from matinee.accounts.callers import Caller
from matinee.door.errors import ScanToldDifferently
from matinee.web.shared.door_answers import moment_text, told_answer, told_counts
from matinee.web.shared.door_requests import SCANS_MAX, ScanFields, ScannerFields
from matinee.web.shared.door_scans import settle_scans
from matinee.web.shared.services import services
from matinee.web.v1.answers import Answer
from matinee.web.v1.blueprint import v1
from matinee.web.v1.callers import needs
from matinee.web.v1.operations import Returns, operation
from matinee.web.v1.staff.door_shapes import ScanAnswersShape
from matinee.web.v1.tags import ADMISSIONS
from matinee.web.v1.values import Values

LET_IN_UNPAID = "admissions:manage"
SCAN_EXAMPLE = {
    "sequence": 42,
    "deed": "scan",
    "at": "2030-05-18T18:47:12+03:00",
    "code": "https://tickets.example.org/tikets/K3V9X2M7Q4T8R1WZ?c=7KQ2MX.517.C7.W0x",
    "offline": False,
    "undoes": None,
}


class ToldScan(ScanFields, Values, example=SCAN_EXAMPLE):
    """One thing that a scanner did."""


class ToldScans(
    ScannerFields,
    Values,
    example={
        "device": "gate-2",
        "door": "North",
        "device_now": "2030-05-18T18:47:13+03:00",
        "screenings": [517],
        "scans": [SCAN_EXAMPLE],
    },
):
    """What a scanner did, in the order in which it did."""

    scans: Annotated[list[ToldScan], Field(min_length=1, max_length=SCANS_MAX)]


class DoorScans(MethodView):
    """What scanners do."""

    @operation(
        "settle_scans",
        tag=ADMISSIONS,
        access=needs("admissions:write"),
        answers={200: Returns(ScanAnswersShape, "What became of each")},
        refusals=(ScanToldDifferently,),
        # Nobody waits in the foyer because many came at once.
        counted=False,
    )
    def post(self, body: ToldScans, caller: Caller, now: datetime) -> Answer:
        """Tell what a scanner did

        Each device counts its scans; a number that is told again is answered again, and nothing is done twice, so that
        whatever got no answer is simply told again. Each scan is settled by itself, in the order in which it is told.
        Where a number was told with something else before, the answer is 409 and names it; what came before it is
        settled.

        `offline`: the scanner decided by itself, and somebody is in. Where that should not have been, the result is
        `conflict`, for a manager to look at. `let_in` lets in who has not paid; it needs `admissions:manage`, else it is
        as `scan`. The device's clock may be wrong: `at` is only held against `device_now`.
        """
        transactions = services().transactions
        answers = settle_scans(
            transactions,
            scanner=body.as_scanner(by=caller.name, may_let_in_unpaid=caller.may(LET_IN_UNPAID)),
            scans=[scan.as_scan() for scan in body.scans],
            now=now,
        )
        counts = transactions.read(lambda session: told_counts(session, screening_ids=body.screenings))
        told = {
            "now": moment_text(now),
            "answers": [told_answer(answer) for answer in answers],
            "counts": counts,
        }
        return Answer(ScanAnswersShape.model_validate(told))


v1.add_url_rule("/door/scans", view_func=DoorScans.as_view("door_scans"))
