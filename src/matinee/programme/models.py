"""Cinemas, halls, seats, films, screenings and prices."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matinee.db.base import Base, BigId, one_of, partial_index

SEAT_KINDS = ("standard", "premium", "sofa", "wheelchair", "companion")
STANDARD_ZONE = "standard"
FEE_UNITS = ("ticket", "order")
ACCESS_FEATURES = ("audio_description", "captions", "hearing_loop", "relaxed")
# Why a seat is not sold to everybody: the house gives it away itself, it is broken, staff blocked it for one screening.
HELD_BACK = ("house", "broken")
HOUSE_SEAT_REASONS = (*HELD_BACK, "blocked")
# What a distributor is owed of a week: a share of what was taken, a sum, a share that depends on what was taken.
TERMS_KINDS = ("percentage", "fixed", "sliding")


class Image(Base):
    """A picture that staff uploaded. Its name is the hash of what is in it, so that it may be kept for ever."""

    __tablename__ = "image"

    # SHA-256 of the content, hexadecimal.
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    content_type: Mapped[str] = mapped_column(String(40))
    width: Mapped[int]
    height: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[datetime]


class Cinema(Base):
    """A venue. The default cinema is the one that was entered first."""

    __tablename__ = "cinema"
    __table_args__ = (
        UniqueConstraint("slug"),
        CheckConstraint("booking_fee_amount >= 0", name="fee_not_negative"),
        CheckConstraint("booking_fee_per IN ('ticket', 'order')", name="known_fee_unit"),
        CheckConstraint("selling_out_percent BETWEEN 1 AND 100", name="percent_in_range"),
        CheckConstraint("week_starts_on BETWEEN 1 AND 7", name="known_weekday"),
        CheckConstraint("adverts_minutes >= 0", name="adverts_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(Text, default="")
    timezone: Mapped[str] = mapped_column(String(60))
    currency: Mapped[str] = mapped_column(String(3))
    # Whether the purchase calls of the API as given, which take no money, may sell screenings that have a price.
    sells_priced_unpaid: Mapped[bool] = mapped_column(default=True)
    # What booking online costs beside the tickets, in minor units, for each ticket or once for the order.
    booking_fee_amount: Mapped[int] = mapped_column(default=0, server_default="0")
    booking_fee_per: Mapped[str] = mapped_column(String(6), default="ticket", server_default="ticket")
    # Whether a choice may leave a single empty seat beside it.
    orphan_rule: Mapped[bool] = mapped_column(default=True, server_default=true())
    # From this share of a screening's seats on, holds are not extended any more.
    selling_out_percent: Mapped[int] = mapped_column(default=90, server_default="90")
    # Minutes before the start: until when a companion seat goes with its wheelchair place, a buyer gets the money back or
    # exchanges, and an order is kept that is to be paid at the counter.
    companion_until_minutes: Mapped[int] = mapped_column(default=60, server_default="60")
    refund_until_minutes: Mapped[int] = mapped_column(default=60, server_default="60")
    counter_until_minutes: Mapped[int] = mapped_column(default=30, server_default="30")
    # Of its website: "#rrggbb", or empty for the house's own; an uploaded picture in place of the name; how to reach it.
    accent_color: Mapped[str] = mapped_column(String(7), default="", server_default="")
    logo_name: Mapped[str | None] = mapped_column(ForeignKey("image.name"))
    phone: Mapped[str] = mapped_column(String(40), default="", server_default="")
    email: Mapped[str] = mapped_column(String(320), default="", server_default="")
    # The weekday (ISO number) on which a week of the programme, and of what distributors are told, begins.
    week_starts_on: Mapped[int] = mapped_column(default=4, server_default="4")
    # Minutes of adverts and trailers before the film, of screenings that are planned from now on.
    adverts_minutes: Mapped[int] = mapped_column(default=0, server_default="0")


class TaxRate(Base):
    """The tax that is in every price of a cinema, from a day on. Before the first row there is none."""

    __tablename__ = "tax_rate"
    __table_args__ = (CheckConstraint("basis_points BETWEEN 0 AND 10000", name="rate_in_range"),)

    cinema_id: Mapped[int] = mapped_column(ForeignKey("cinema.id"), primary_key=True)
    # The day, on the cinema's wall, on which a ticket is sold.
    valid_from: Mapped[date] = mapped_column(Date, primary_key=True)
    # Hundredths of a per cent: 2000 is 20 %.
    basis_points: Mapped[int]


class Hall(Base):
    """An auditorium of a cinema."""

    __tablename__ = "hall"
    __table_args__ = (UniqueConstraint("cinema_id", "name"),
                      CheckConstraint("turnaround_minutes >= 0", name="turnaround_not_negative"),
                      CheckConstraint("curve BETWEEN 0 AND 100", name="curve_in_range"))  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    cinema_id: Mapped[int] = mapped_column(ForeignKey("cinema.id"))
    name: Mapped[str] = mapped_column(String(100))
    # Time for cleaning after a screening, before the next may begin.
    turnaround_minutes: Mapped[int] = mapped_column(default=0)
    # Where one sits best, in the plan's columns and lines; NULL: worked out from the plan.
    focal_x: Mapped[int | None]
    focal_y: Mapped[int | None]
    # How far the rows bend round the screen where they are drawn: 0 straight, 100 as far as it goes.
    curve: Mapped[int] = mapped_column(default=0, server_default="0")

    cinema: Mapped[Cinema] = relationship()


class Seat(Base):
    """A seat of a hall: what is printed on it, where it stands, what it is.

    One that was taken out of its hall belongs to none, and stays as it was for the tickets that name it.
    """

    __tablename__ = "seat"
    __table_args__ = (
        UniqueConstraint("hall_id", "label"),
        CheckConstraint(f"kind IN ({', '.join(repr(kind) for kind in SEAT_KINDS)})", name="known_kind"),
        CheckConstraint(one_of("held_back", ("", *HELD_BACK)), name="known_held_back"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    hall_id: Mapped[int | None] = mapped_column(ForeignKey("hall.id"))
    label: Mapped[str] = mapped_column(String(12))
    row: Mapped[str] = mapped_column(String(12))
    place: Mapped[str] = mapped_column(String(12))
    # Column and line in the hall's plan, from the left and from the screen, counted from 0; aisles leave gaps.
    x: Mapped[int]
    y: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20), default="standard")
    zone: Mapped[str] = mapped_column(String(40), default=STANDARD_ZONE)
    # Why it is kept back at every screening that is planned from now on; empty: it is not. What counts for a screening is
    # its `HouseSeat`.
    held_back: Mapped[str] = mapped_column(String(10), default="", server_default="")


class Distributor(Base):
    """Whom films are rented from, and who is told each week what was taken."""

    __tablename__ = "distributor"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(Text, default="")
    email: Mapped[str] = mapped_column(String(320), default="")


class Film(Base):
    """A film. Two films may share a title (a remake); the same title, duration and trailer are one film."""

    __tablename__ = "film"
    __table_args__ = (CheckConstraint("duration_minutes > 0", name="duration_positive"),
                      Index("ix_film_title", "title"))  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(300))
    duration_minutes: Mapped[int]
    trailer_url: Mapped[str] = mapped_column(String(2000), default="")
    poster_url: Mapped[str] = mapped_column(String(2000), default="")
    certificate: Mapped[str] = mapped_column(String(20), default="")
    synopsis: Mapped[str] = mapped_column(Text, default="")
    # The uploaded poster; without one it is drawn from the title.
    poster_name: Mapped[str | None] = mapped_column(ForeignKey("image.name"))
    distributor_id: Mapped[int | None] = mapped_column(ForeignKey("distributor.id"))
    # In which formats and languages the copies came: what a plan offers to choose from. Separated by commas.
    formats: Mapped[str] = mapped_column(String(200), default="", server_default="")
    languages: Mapped[str] = mapped_column(String(200), default="", server_default="")

    distributor: Mapped[Distributor | None] = relationship()


class FilmTerms(Base):
    """What the distributor of a film is owed for a week of the cinema, from the film's n-th week there on."""

    __tablename__ = "film_terms"
    __table_args__ = (
        UniqueConstraint("film_id", "week_from"),
        CheckConstraint(one_of("kind", TERMS_KINDS), name="known_kind"),
        CheckConstraint("week_from > 0", name="week_positive"),
        CheckConstraint("basis_points BETWEEN 0 AND 10000", name="share_in_range"),
        CheckConstraint("fixed_amount >= 0 AND minimum_amount >= 0", name="amounts_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    film_id: Mapped[int] = mapped_column(ForeignKey("film.id", ondelete="CASCADE"))
    # The first week of the film in a cinema is 1.
    week_from: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))
    # Of the net takings, for `percentage`: hundredths of a per cent. For `sliding`: below the first step.
    basis_points: Mapped[int] = mapped_column(default=0)
    # For `fixed`: minor units of the cinema's currency for the week.
    fixed_amount: Mapped[int] = mapped_column(default=0)
    # So much is owed at the least.
    minimum_amount: Mapped[int] = mapped_column(default=0)


class FilmTermsStep(Base):
    """A step of sliding terms: the share of all net takings of the week once they reach so much."""

    __tablename__ = "film_terms_step"
    __table_args__ = (CheckConstraint("basis_points BETWEEN 0 AND 10000", name="share_in_range"),)

    terms_id: Mapped[int] = mapped_column(ForeignKey("film_terms.id", ondelete="CASCADE"), primary_key=True)
    # Net takings of the week, minor units.
    from_amount: Mapped[int] = mapped_column(primary_key=True)
    basis_points: Mapped[int]


class TicketType(Base):
    """Adult, child, ...: who a ticket is for. The first of a cinema is the one that is meant when none is named."""

    __tablename__ = "ticket_type"
    __table_args__ = (UniqueConstraint("cinema_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cinema_id: Mapped[int] = mapped_column(ForeignKey("cinema.id"))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(100))


class PriceList(Base):
    """Prices by zone and ticket type, in the currency of the cinema. Empty texts do not narrow when it is valid."""

    __tablename__ = "price_list"
    __table_args__ = (UniqueConstraint("cinema_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cinema_id: Mapped[int] = mapped_column(ForeignKey("cinema.id"))
    name: Mapped[str] = mapped_column(String(100))
    # Valid for screenings that start on these days (ISO numbers, "67": Saturday and Sunday) ...
    weekdays: Mapped[str] = mapped_column(String(7), default="", server_default="")
    # ... from this time on the wall's clock on, and before that one ("HH:MM").
    begins: Mapped[str] = mapped_column(String(5), default="", server_default="")
    ends: Mapped[str] = mapped_column(String(5), default="", server_default="")


class Price(Base):
    """One amount of a price list, in minor units."""

    __tablename__ = "price"
    __table_args__ = (CheckConstraint("amount >= 0", name="amount_not_negative"),)

    price_list_id: Mapped[int] = mapped_column(
        ForeignKey("price_list.id", ondelete="CASCADE"), primary_key=True
    )
    zone: Mapped[str] = mapped_column(String(40), primary_key=True)
    ticket_type_id: Mapped[int] = mapped_column(ForeignKey("ticket_type.id"), primary_key=True)
    amount: Mapped[int]


class Screening(Base):
    """One showing of a film in a hall. Without a price list it is free of charge."""

    __tablename__ = "screening"
    __table_args__ = (
        # One that was cancelled leaves its place to another.
        partial_index(
            "uq_screening_hall_id_starts_at",
            "hall_id",
            "starts_at",
            where="cancelled_at IS NULL",
            unique=True,
        ),
        Index("ix_screening_cinema_id_day", "cinema_id", "day"),
        # Doors and health ask for what is shown about now, in all cinemas.
        Index("ix_screening_starts_at", "starts_at"),
        # With the day: when a film was shown first is asked for each film of a week.
        Index("ix_screening_film_id_day", "film_id", "day"),
        partial_index("ix_screening_not_forgotten", "ends_at", where="forgotten_at IS NULL"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("adverts_minutes >= 0", name="adverts_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cinema_id: Mapped[int] = mapped_column(ForeignKey("cinema.id"))
    hall_id: Mapped[int] = mapped_column(ForeignKey("hall.id"))
    film_id: Mapped[int] = mapped_column(ForeignKey("film.id"))
    starts_at: Mapped[datetime]
    # The end of the film; the hall is free again after its turnaround.
    ends_at: Mapped[datetime]
    # What the clock on the cinema's wall shows at the start. Kept, since people and programs find a screening by it.
    day: Mapped[date] = mapped_column(Date)
    time: Mapped[str] = mapped_column(String(5))
    price_list_id: Mapped[int | None] = mapped_column(ForeignKey("price_list.id"))
    # From this moment on it is not on sale, before its start already.
    sales_end_at: Mapped[datetime | None]
    # Whether the price list was chosen among those valid at that time, and is chosen anew when they change.
    price_list_by_time: Mapped[bool] = mapped_column(default=False, server_default=false())
    # "IMAX", "3D", ...; the language spoken and that of the subtitles (BCP 47). Empty: not said.
    format: Mapped[str] = mapped_column(String(40), default="", server_default="")
    language: Mapped[str] = mapped_column(String(20), default="", server_default="")
    subtitles: Mapped[str] = mapped_column(String(20), default="", server_default="")
    # What it offers to people who hear, see or sit differently: words of ACCESS_FEATURES, separated by blanks.
    access_features: Mapped[str] = mapped_column(String(100), default="", server_default="")
    cancelled_at: Mapped[datetime | None]
    # When those who asked for it were told that nothing is left; NULL again once a seat came back.
    sold_out_at: Mapped[datetime | None]
    # Planned, and not published yet: nobody but staff sees it, and nobody can buy it.
    draft: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Minutes of adverts and trailers, which are in the time from start to end.
    adverts_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    # When the personal data of its orders was removed.
    forgotten_at: Mapped[datetime | None]
    # Moves on whenever somebody has had the row alone: a buyer who waited for him sees by it that he did.
    lock_version: Mapped[int] = mapped_column(default=0, server_default="0")

    hall: Mapped[Hall] = relationship()
    film: Mapped[Film] = relationship()


class HouseSeat(Base):
    """A seat that the house keeps back at one screening: never on sale to the public, nor to anybody if it is broken."""

    __tablename__ = "house_seat"
    __table_args__ = (CheckConstraint(one_of("reason", HOUSE_SEAT_REASONS), name="known_reason"),)

    screening_id: Mapped[int] = mapped_column(
        ForeignKey("screening.id", ondelete="CASCADE"), primary_key=True
    )
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(10), default="house", server_default="house")
    # What staff wrote beside it.
    note: Mapped[str] = mapped_column(String(200), default="", server_default="")
