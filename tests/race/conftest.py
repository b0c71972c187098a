"""The asserts of the modules that these tests share say what they compared."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite(
    "tests.race.ledger", "tests.race.mails", "tests.race.processes", "tests.race.crowd"
)
