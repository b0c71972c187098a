from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from matinee.programme.distributors import (
    change_distributor,
    create_distributor,
    delete_distributor,
    distributors_by_name,
    films_per_distributor,
    find_distributor,
)
from matinee.programme.errors import (
    DistributorExists,
    DistributorInUse,
    DistributorNotFound,
    InvalidDistributor,
)
from matinee.programme.film_records import change_film
from matinee.programme.models import Distributor
from tests.building import NOW, House, count_rows
from tests.programme.planning import film_titled, read, write

if TYPE_CHECKING:
    from matinee.web.shared.services import Services


def create(services: Services, name: str = "Ufa", **more: str) -> int:
    return write(services, lambda s: create_distributor(s, name=name, **more).id)


def test_distributors_stand_in_the_order_of_their_names(services: Services, house: House) -> None:
    for name in ("Zenith", "ufa ", "Decla"):
        create(services, name)
    assert read(services, lambda s: [each.name for each in distributors_by_name(s)]) == [
        "Decla",
        "ufa",
        "Zenith",
    ]


@pytest.mark.parametrize(
    "wrong", [{"name": " "}, {"name": "a\nb"}, {"name": "x" * 201}, {"email": "nobody"}, {"address": "\0"}]
)
def test_what_is_no_distributor_is_refused(services: Services, house: House, wrong: dict[str, str]) -> None:
    with pytest.raises(InvalidDistributor):
        create(services, **({"name": "Ufa"} | wrong))
    assert read(services, lambda s: count_rows(s, Distributor)) == 0


def test_a_name_is_there_once(services: Services, house: House) -> None:
    create(services)
    with pytest.raises(DistributorExists):
        create(services)
    other = create(services, "Decla")
    with pytest.raises(DistributorExists):
        write(
            services,
            lambda s: change_distributor(
                s, distributor=find_distributor(s, distributor_id=other), name="Ufa", address="", email=""
            ),
        )


def test_one_that_has_films_stays(services: Services, house: House) -> None:
    number = create(services)

    def give(session: object, *, to: int | None) -> None:
        film = film_titled(session, "Café")  # type: ignore[arg-type]
        owner = None if to is None else find_distributor(session, distributor_id=to)  # type: ignore[arg-type]
        change_film(session, film=film, now=NOW, distributor=owner)  # type: ignore[arg-type]

    def delete(session: object) -> None:
        found = find_distributor(session, distributor_id=number)  # type: ignore[arg-type]
        delete_distributor(session, distributor=found)  # type: ignore[arg-type]

    write(services, lambda s: give(s, to=number))
    assert read(services, films_per_distributor) == {number: 1}
    with pytest.raises(DistributorInUse):
        write(services, delete)
    # What is not said stays.
    write(services, lambda s: change_film(s, film=film_titled(s, "Café"), now=NOW, formats="2D"))
    assert read(services, films_per_distributor) == {number: 1}
    write(services, lambda s: give(s, to=None))
    write(services, delete)
    with pytest.raises(DistributorNotFound):
        read(services, lambda s: find_distributor(s, distributor_id=number))
