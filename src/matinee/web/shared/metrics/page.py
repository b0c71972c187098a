"""GET /metrics, for whoever has the token: it says how much is sold, which is nobody else's business."""

from __future__ import annotations

import hmac

from flask import Blueprint, Response, request

from matinee.web.shared.failures import failure
from matinee.web.shared.metrics.meter import Meter
from matinee.web.shared.metrics.reading import exposed_metrics
from matinee.web.shared.services import services

PATH = "/metrics"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def metrics_page(meter: Meter, *, token: str) -> Blueprint:
    """The page; without `Authorization: Bearer` and the token it is a 401."""
    page = Blueprint("metrics", __name__)

    @page.get(PATH)
    def metrics() -> Response:
        """The metrics of all processes of this server."""
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        right = hmac.compare_digest(given.strip().encode(), token.encode())
        if scheme.lower() != "bearer" or not right:
            response = failure(401, "Unauthorized", "The metrics are for the holder of the token.")
            response.headers["WWW-Authenticate"] = 'Bearer realm="matinee metrics"'
            return response
        response = Response(exposed_metrics(services(), meter), content_type=CONTENT_TYPE)
        response.cache_control.no_store = True
        return response

    return page
