from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from matinee.boxoffice.seating.matching import match_seats
from matinee.programme.queries import SeatOfHall
from tests.boxoffice.seating.plans import Plan, are_side_by_side, draw, drawings

NEW_ID = 9001


def new_hall(drawing: str | list[str], *, zones: dict[str, str] | None = None, rows: str = "") -> Plan:
    return draw(drawing, zones=zones, first_id=NEW_ID, rows=rows)


def move(old: Plan, new: Plan, *orders: str) -> list[str] | None:
    """The new seats of each order, in the order of its old ones."""
    found = match_seats(
        [old.order(order) for order in orders], old_hall=old.seats, new_hall=new.seats, taken_ids=new.taken
    )
    if found is None:
        return None
    return [new.labels(found[seat_id] for seat_id in old.ids(order)) for order in orders]


def test_whoever_finds_his_own_label_keeps_it() -> None:
    old = draw(["----", "----"])
    new = new_hall(["   -----", "   -----", "   -----"])

    assert move(old, new, "A3", "B1 B2") == ["A3", "B1 B2"]


def test_a_label_of_another_kind_or_zone_is_not_the_same_seat() -> None:
    old = draw("|p---")

    assert move(old, new_hall("|---p"), "A1") == ["A4"]
    assert move(old, new_hall(["pp", "pp"], zones={"A": "back"}), "A1") == ["B1"]


def test_a_label_that_is_taken_is_not_given() -> None:
    assert move(draw("|----"), new_hall("|-x--"), "A2") == ["A1"]


def test_the_kind_goes_before_the_zone_and_the_zone_before_the_place() -> None:
    old = draw(["---", "p--", "---"], zones={"B": "balcony"})
    place, zone, kind = "|---", "|---", "|--p"

    new = new_hall([place, zone, kind], zones={"L": "balcony"}, rows="KLM")
    assert move(old, new, "B1") == ["M3"]
    new = new_hall([place, zone], zones={"L": "balcony"}, rows="KL")
    assert move(old, new, "B1") == ["L1"]


def test_a_ticket_keeps_its_place_relative_to_the_hall() -> None:
    old = draw(["-----", "-----", "-----"])
    new = new_hall(["-" * 9] * 5, rows="KLMNO")

    assert move(old, new, "A1", "B3", "C5", "A4 A5") == ["K1", "M5", "O9", "K7 K8"]


def test_the_place_is_relative_to_all_of_the_old_hall_and_not_to_what_was_sold() -> None:
    old = draw(["-----"] * 5)

    assert move(old, new_hall(["-----"] * 5, rows="KLMNO"), "C3", "C4") == ["M3", "M4"]


def test_a_party_sits_together_though_single_seats_have_its_labels() -> None:
    old = draw(["----", "----"])
    new = new_hall(["-- --", "----"])

    assert move(old, new, "A2 A3") == ["A2 A1"]


def test_of_a_party_whoever_finds_his_label_keeps_it() -> None:
    old = draw("|----------")
    new = new_hall("|--------")

    assert move(old, new, "A7 A8 A9") == ["A7 A8 A6"]


def test_an_aisle_in_the_new_hall_parts_nobody() -> None:
    assert move(draw("|------"), new_hall("|-- ----", rows="K"), "A1 A2 A3") == ["K3 K4 K5"]


def test_large_parties_choose_first() -> None:
    old = draw(["------", "------"])
    new = new_hall(["--x----", "xx-x-xx"], rows="KL")

    assert move(old, new, "A5", "A6", "B1 B2 B3 B4") == ["K2", "K1", "K4 K5 K6 K7"]


def test_a_large_party_is_not_parted_by_a_single_ticket() -> None:
    old = draw("|------")

    assert move(old, new_hall("|----x-", rows="K"), "A2", "A3 A4 A5 A6") == ["K6", "K1 K2 K3 K4"]


def test_a_party_chooses_before_the_single_tickets_of_a_larger_order() -> None:
    old = draw(["- - -", "--"])

    moved = move(old, new_hall("|-- - - -", rows="K"), "A1 A2 A3", "B1 B2")

    assert moved is not None
    assert moved[1] == "K1 K2"


def test_of_equal_parties_that_of_the_larger_order_chooses_first() -> None:
    old = draw(["--", "--", "-"])

    moved = move(old, new_hall("|-- - - -", rows="K"), "A1 A2", "B1 B2 C1")

    assert moved is not None
    assert moved[1].startswith("K1 K2 ")


def test_a_party_of_several_kinds_gets_those_kinds_in_its_order() -> None:
    old = draw(["--pp", "----", "----"])
    new = new_hall(["pppp", "xxxx", "--pp"], rows="KLM")

    assert move(old, new, "A1 A2 A3 A4") == ["M1 M2 M3 M4"]


def test_a_hall_of_one_line_or_column_moves_into_the_middle() -> None:
    assert move(draw("|---"), new_hall(["---", "---", "---"], rows="KLM"), "A2") == ["L2"]
    assert move(draw(["-", "-", "-"]), new_hall(["---", "---", "---"], rows="KLM"), "B1") == ["L2"]


def test_a_label_is_left_to_whom_it_belongs_where_another_seat_is_as_good() -> None:
    old = draw(["------", "------"])
    new = new_hall("|--------")

    # B1 B2 belongs where A1 is, which has an owner.
    assert move(old, new, "B1 B2", "A1") == ["A2 A3", "A1"]


def test_a_large_party_gets_a_label_of_another_where_it_would_not_sit_together_else() -> None:
    old = draw(["------", "------"])
    new = new_hall(["xxxx--", "xxxxxx", "----xx"], rows="KLA")

    assert move(old, new, "B1 B2 B3 B4", "A2") == ["A1 A2 A3 A4", "K5"]


def test_the_parties_of_an_order_stay_near_each_other() -> None:
    old = draw(["----", "----", "----", "----"])
    new = new_hall(["----x", "xxxxx", "----x", "---xx"], rows="KLMN")

    assert move(old, new, "A1 A2 A3 A4", "B1 B2 B3") == ["K1 K2 K3 K4", "M1 M2 M3"]
    # As one order they are not parted: the second line follows the first one.
    new = new_hall(["---  ", "xxxxx", "xxxxx", "----x", "---xx"], rows="KLMNO")
    assert move(old, new, "A1 A2 A3 A4 B1 B2 B3") == ["N1 N2 N3 N4 O1 O2 O3"]


def test_a_party_that_no_run_is_long_enough_for_is_divided_into_few_and_even_parts() -> None:
    old = draw("|------")

    assert move(old, new_hall("|--- --- -", rows="K"), "A1 A2 A3 A4") == ["K1 K2 K4 K5"]
    assert move(old, new_hall("|- ---- -", rows="K"), "A1 A2 A3 A4 A5") == ["K2 K3 K4 K5 K6"]


def test_wheelchair_users_get_wheelchair_places_while_there_are_any() -> None:
    old = draw(["w--w", "----"])
    new = new_hall(["------", "-----w"], rows="KL")

    assert move(old, new, "A2", "A1", "A4") == ["K3", "L6", "K6"]


def test_a_wheelchair_user_keeps_his_label() -> None:
    old = draw(["w--", "---"])

    assert move(old, new_hall(["w--", "w--"], rows="BA"), "A1") == ["A1"]


def test_a_wheelchair_user_stays_in_his_zone() -> None:
    old = draw(["w--", "---"])

    assert move(old, new_hall(["w--", "--w"], zones={"K": "front"}, rows="KL"), "A1") == ["L3"]


def test_companions_go_with_their_wheelchair_user() -> None:
    old = draw(["wc----cw", "--------"])

    new = new_hall(["c-------", "---w--cw"], rows="KL")
    assert move(old, new, "A7 A8") == ["L7 L8"]
    assert move(old, new, "A8", "A1 A2") == ["L8", "L4 L3"]


def test_each_companion_goes_with_his_own_wheelchair_user() -> None:
    old = draw("|wc---cw")

    assert move(old, new_hall("|cw---wc", rows="K"), "A1 A2 A6 A7") == ["K2 K1 K7 K6"]


def test_a_companion_gets_no_wheelchair_place_while_there_is_a_seat() -> None:
    assert move(draw("|wc---"), new_hall("|ww-", rows="K"), "A1 A2") == ["K1 K3"]


def test_a_companion_seat_a_little_further_away_goes_before_another_seat() -> None:
    assert move(draw("|wc---"), new_hall("|-w c", rows="K"), "A1 A2") == ["K2 K3"]
    assert move(draw("|wc---"), new_hall("|-w  c", rows="K"), "A1 A2") == ["K2 K3"]


def test_a_companion_seat_that_is_far_away_is_not_better_than_the_seat_beside() -> None:
    new = new_hall("|w-----c", rows="K")

    assert move(draw("|wc----"), new, "A1 A2") == ["K1 K2"]


def test_a_companion_does_not_take_the_seat_that_goes_with_another_place() -> None:
    new = new_hall("|--w cw", rows="K")

    assert move(draw("|wc----"), new, "A1 A2") == ["K3 K2"]


def test_a_companion_leaves_a_label_that_is_far_from_the_wheelchair_place() -> None:
    assert move(draw("|wc-----"), new_hall("|-c---cw"), "A1 A2") == ["A7 A6"]


def test_a_companion_keeps_his_label_where_the_place_has_several_companion_seats() -> None:
    assert move(draw("|cwc"), new_hall("|cwc"), "A2 A3") == ["A2 A3"]


def test_others_of_a_wheelchair_users_order_sit_near_him() -> None:
    old = draw(["wc------", "--------"])
    new = new_hall(["--------", "------cw"], rows="KL")

    assert move(old, new, "A1 A2 A3 A4") == ["L8 L7 L5 L6"]


def test_who_finds_no_wheelchair_place_stays_with_his_party() -> None:
    assert move(draw("|wc---"), new_hall("|------", rows="K"), "A1 A2") == ["K1 K2"]


def test_a_companion_seat_that_was_sold_by_itself_is_a_seat_of_its_party() -> None:
    old = draw("|wc---")
    new = new_hall("|------cw", rows="K")

    assert move(old, new, "A2 A3") == ["K3 K4"]


def test_others_get_wheelchair_places_only_when_nothing_else_is_left() -> None:
    old = draw("|----")
    new = new_hall("|w-cw", rows="K")

    assert move(old, new, "A1") == ["K2"]
    assert move(old, new, "A1 A2") == ["K2 K3"]
    assert move(old, new, "A1 A2 A3") == ["K2 K3 K4"]
    # The wheelchair place would be nearer.
    assert move(old, new_hall("|c---w", rows="K"), "A1", "A2", "A3", "A4") == ["K2", "K3", "K4", "K1"]


def test_who_finds_none_of_his_kind_chooses_after_those_who_do() -> None:
    old = draw("|--p")
    new = new_hall("|p-o", rows="K")

    assert move(old, new, "A1", "A2", "A3") == ["K2", "K3", "K1"]


def test_too_small_a_hall_takes_nobody() -> None:
    assert move(draw("|---"), new_hall("|-x-"), "A1 A2 A3") is None


def test_nobody_moves_into_any_hall() -> None:
    assert match_seats([], old_hall=[], new_hall=[]) == {}
    assert match_seats([[]], old_hall=[], new_hall=[]) == {}


def test_the_order_of_the_orders_does_not_matter_to_who_sits_together() -> None:
    old = draw(["------", "------"])
    new = new_hall(["------", "------"], rows="KL")
    orders = ["A1 A2", "A3 A4 A5", "B2 B3 B4 B5"]

    assert move(old, new, *reversed(orders)) == list(reversed(move(old, new, *orders) or []))


def into_orders(plan: Plan) -> st.SearchStrategy[tuple[Plan, list[list[SeatOfHall]]]]:
    """Some of the seats are sold, to up to five orders."""
    owners = st.lists(st.integers(0, 5) | st.none(), min_size=len(plan.seats), max_size=len(plan.seats))

    def orders(owner_of: list[int | None]) -> list[list[SeatOfHall]]:
        return [
            [seat for seat, owner in zip(plan.seats, owner_of, strict=True) if owner == order]
            for order in range(6)
        ]

    return st.tuples(st.just(plan), owners.map(orders))


SOLD = drawings("---pwwco ", columns_max=8).flatmap(into_orders)
NEW_HALLS = drawings("----xxpwcoW ", lines_max=4, columns_max=9)


def with_new_ids(plan: Plan) -> Plan:
    """The same hall as another one: seats of two halls never share an id."""
    renewed = [
        SeatOfHall(seat.id + NEW_ID, seat.label, seat.row, seat.place, seat.x, seat.y, seat.kind, seat.zone)
        for seat in plan.seats
    ]
    return Plan(renewed, {seat_id + NEW_ID for seat_id in plan.free})


@given(SOLD, NEW_HALLS.map(with_new_ids))
def test_everybody_gets_one_free_seat_if_there_are_enough(
    sold: tuple[Plan, list[list[SeatOfHall]]], new: Plan
) -> None:
    old, orders = sold

    found = match_seats(orders, old_hall=old.seats, new_hall=new.seats, taken_ids=new.taken)

    tickets = [seat for order in orders for seat in order]
    if len(tickets) > len(new.free):
        assert found is None
        return
    assert found is not None
    assert set(found) == {seat.id for seat in tickets}
    assert len(set(found.values())) == len(found)
    assert set(found.values()) <= new.free
    kinds = {seat.id: seat.kind for seat in new.seats}
    users = [seat for seat in tickets if seat.kind == "wheelchair"]
    places = [seat_id for seat_id in new.free if kinds[seat_id] == "wheelchair"]
    assert sum(kinds[found[user.id]] == "wheelchair" for user in users) == min(len(users), len(places))


@given(SOLD)
def test_in_the_same_hall_nobody_moves(sold: tuple[Plan, list[list[SeatOfHall]]]) -> None:
    old, orders = sold
    new = with_new_ids(old)

    found = match_seats(orders, old_hall=old.seats, new_hall=new.seats)

    assert found == {seat.id: seat.id + NEW_ID for order in orders for seat in order}


@given(
    st.integers(1, 5), st.integers(0, 5), drawings("-----xpo ", columns_max=9, lines_max=4).map(with_new_ids)
)
def test_a_party_sits_together_where_a_run_is_long_enough(count: int, start: int, new: Plan) -> None:
    old = draw("|" + "-" * 10)
    party = old.seats[start : start + count]

    found = match_seats([party], old_hall=old.seats, new_hall=new.seats, taken_ids=new.taken)

    free = new.ordinary_free()
    windows = [free[position : position + count] for position in range(len(free) - count + 1)]
    if any(are_side_by_side(window) for window in windows):
        assert found is not None
        assert are_side_by_side([seat for seat in new.seats if seat.id in found.values()])
