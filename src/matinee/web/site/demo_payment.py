"""GET and POST /demo-payment/<id>: the page on which play money is paid. 404 where demo payments are off."""

from __future__ import annotations

from flask import Blueprint, Response, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from matinee.kernel.money import Money
from matinee.payments.demo import DemoPage, DemoProvider
from matinee.payments.errors import PaymentNotFound
from matinee.payments.models import Payment
from matinee.payments.queries import look_up_payment
from matinee.web.shared.origins import written_origin
from matinee.web.shared.security_headers import let_forms_lead_to
from matinee.web.shared.services import services
from matinee.web.v1.notices import receive_notices

OPEN_STATES = ("starting", "pending")

demo_payment = Blueprint("demo_payment", __name__, template_folder="templates")


@demo_payment.get("/demo-payment/<payment_id>")
def show_demo_payment(payment_id: str) -> ResponseReturnValue:
    """What is to be paid, with two buttons; or what became of it, with the way back."""
    page, _ = _page_or_404(payment_id)
    payment = _payment_or_404(payment_id)
    known = _known_origins()
    leading = {written_origin(url) for url in (page.return_url, page.cancel_url)} & known
    let_forms_lead_to(" ".join(sorted(origin for origin in leading if origin is not None)))
    return render_template(
        "site/demo_payment.html",
        page=page,
        amount=Money(payment.amount, payment.currency),
        is_open=payment.state in OPEN_STATES,
        is_paid=payment.state == "settled",
    )


@demo_payment.post("/demo-payment/<payment_id>")
def answer_demo_payment(payment_id: str) -> ResponseReturnValue:
    """Pay or decline, by a notice as a provider sends it, and lead the payer back."""
    page, provider = _page_or_404(payment_id)
    answer = request.form.get("answer")
    if answer not in ("pay", "decline"):
        abort(400)
    payment = _payment_or_404(payment_id)
    if payment.state in OPEN_STATES:
        body, headers = provider.write_notice(
            payment_id=payment_id, amount=payment.amount, currency=payment.currency, paid=answer == "pay"
        )
        receive_notices(provider.name, body, headers)
    return _back(page.return_url if answer == "pay" else page.cancel_url)


def _page_or_404(payment_id: str) -> tuple[DemoPage, DemoProvider]:
    provider = services().payments.get(DemoProvider.name)
    query = request.args
    page = DemoPage(
        payment_id=payment_id,
        description=query.get("description", ""),
        return_url=query.get("return_url", ""),
        cancel_url=query.get("cancel_url", ""),
    )
    if not isinstance(provider, DemoProvider) or not provider.is_sealed(page, query.get("seal", "")):
        abort(404)
    return page, provider


def _payment_or_404(payment_id: str) -> Payment:
    try:
        payment = services().transactions.read(lambda session: look_up_payment(session, public_id=payment_id))
    except PaymentNotFound:
        abort(404)
    if payment.provider != DemoProvider.name:
        abort(404)
    return payment


def _back(url: str) -> Response:
    # Browsers let a form of ours lead where the page's policy says. Anywhere else is reached by the link on the page.
    leads_there = written_origin(url) in _known_origins()
    return redirect(url if leads_there else request.full_path, code=303)  # type: ignore[return-value]


def _known_origins() -> set[str]:
    """Our own, and those of programs that calls may come from, as headers write them."""
    service = services()
    known = (written_origin(url) for url in (service.base_url, *service.cors_origins))
    return {origin for origin in known if origin is not None}
