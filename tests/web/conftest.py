"""What the tests of the surfaces start with: the clock stands, and a second Matinee can be opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from apiflask import APIFlask

from matinee.app import create_app
from matinee.settings import Settings
from matinee.web.shared.services import services_of
from tests.building import NOW, clock_at
from tests.web.log_text import log_text

__all__ = ["log_text"]

OpenApp = Callable[..., APIFlask]


@pytest.fixture(autouse=True)
def _clock_stands() -> Iterator[None]:
    with clock_at(NOW):
        yield


@pytest.fixture
def open_app(settings: Settings) -> Iterator[OpenApp]:
    """Opens one more Matinee on the same database, as another process would, with other settings where they are given."""
    with ExitStack() as at_the_end:

        def open_one(**changes: object) -> APIFlask:
            wanted = Settings.model_validate({**settings.model_dump(), **changes}) if changes else settings
            app = create_app(wanted)
            services = services_of(app)
            at_the_end.callback(services.engine.dispose)
            if services.direct is not None:
                at_the_end.callback(services.direct.close_mine)
            return app

        yield open_one
