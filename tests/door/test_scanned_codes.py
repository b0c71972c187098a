"""Whatever a scanner may read: what is no code of ours is unknown, and never a fault"""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matinee.tickets.codes import CODE_CHARACTERS_MAX
from matinee.tickets.signing import keys_in_order
from tests.boxoffice.selling import Sale
from tests.building import on_one_database
from tests.depth import examples
from tests.door.scanners import Gate, code_of, sold


@pytest.mark.parametrize(
    "code",
    ["", " ", "\0", "K3V9X2M7Q4T8R1W\0", "\ud800", "https://x/tikets/\udfff", "A" * 1_000_000, "WIFI:S:cafe;;",
     "5901234123457", "https://odeon.example/tikets/", "https://[::1", "ﬁlm", "%00", "'; DROP TABLE ticket; --"],
    ids=lambda code: repr(code[:20]),
)  # fmt: skip
def test_what_is_no_code_of_ours_is_unknown(sale: Sale, gate: Gate, code: str) -> None:
    scan = gate.scan(code)
    assert gate.tell(scan).result == "unknown"
    assert gate.tell(scan).result == "unknown"
    assert gate.show(code, offline=True).result == "conflict"


@on_one_database
@settings(
    max_examples=examples(150),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_no_code_but_its_own_lets_a_ticket_in(sale: Sale, gate: Gate, data: st.DataObject) -> None:
    if not gate.count:
        gate.genuine = code_of(sale, sold(sale, "A1")[0])  # type: ignore[attr-defined]
    genuine: str = gate.genuine  # type: ignore[attr-defined]
    code = data.draw(st.one_of(st.text(st.characters(), max_size=80), spoiled(genuine), st.just(genuine * 9)))
    assert len(genuine) < CODE_CHARACTERS_MAX
    if gate.show(code).result != "unknown":
        # The signature is what counts: the host may be another, and so may the letters of the path's id.
        start = genuine.index("?")
        # An address may spell any letter by its number.
        spelled = unquote(code.strip().partition("#")[0])
        assert spelled.endswith(genuine[start:]) or "?" not in code
        assert genuine[start - 16 : start].lower() in spelled.lower()


def spoiled(code: str) -> st.SearchStrategy[str]:
    """A genuine code with something cut out, put in, or written in another way."""
    places = st.integers(0, len(code))
    junk = st.text(st.characters(), max_size=3)
    return st.one_of(
        st.tuples(places, places, junk).map(lambda cut: code[: cut[0]] + cut[2] + code[cut[1] :]),
        places.map(lambda at: code[:at] + "".join(f"%{ord(one):02x}" for one in code[at : at + 1]) + code[at + 1 :]),
        places.map(lambda at: code[:at] + code[at:].swapcase()),
        st.sampled_from(["utf-16", "utf-8", "cp1252"]).map(lambda name: code.encode(name).decode("latin-1")),
    )  # fmt: skip


def test_a_code_that_was_signed_with_a_key_that_nobody_has_is_unknown(sale: Sale, gate: Gate) -> None:
    [ticket] = sold(sale, "A1")
    code = code_of(sale, ticket)
    assert len(sale.read(keys_in_order)) == 1
    key = sale.read(keys_in_order)[0].id
    assert gate.show(code.replace(f"c={key}", "c=ZZZZZZ")).result == "unknown"
    assert gate.show(code).result == "welcome"
