"""The films of the demonstration, of the first decades of cinema. All were shown before 1931."""

from __future__ import annotations

from dataclasses import dataclass

from matinee.programme.schedule import FilmDetails


@dataclass(frozen=True, slots=True)
class DemoFilm:
    """A film, and how the demonstration shows it: its format, and the languages of its titles and of what is beneath."""

    details: FilmDetails
    format: str = ""
    language: str = ""
    subtitles: str = ""


def _film(
    title: str, minutes: int, certificate: str, synopsis: str, trailer_url: str = "", **shown: str
) -> DemoFilm:
    return DemoFilm(
        FilmDetails(title, minutes, trailer_url=trailer_url, certificate=certificate, synopsis=synopsis),
        **shown,
    )


_FILMS = (
    _film(
        "Metropolis", 153, "12",
        "Above, gardens and towers for the few; below, machines that never rest, and the many who serve them. The son of "
        "the city's master follows a young woman down and sees what his father's city costs. Then an inventor gives her "
        "face to a machine.\n\nFritz Lang's picture of the year 2026, made in 1927: 36,000 extras, mirrors in place of "
        "computers, and a city that every city of the future has looked like ever since.",
        "https://archive.org/search?query=metropolis+1927", format="4K", language="de", subtitles="en",
    ),
    _film(
        "Nosferatu", 94, "12",
        "A clerk travels to the mountains to sell a house to a count who sleeps by day. The count likes the house; he likes "
        "the portrait of the clerk's wife even more. When a ship comes into the harbour without a living soul on board, the "
        "rats leave it, and something else does.\n\nF. W. Murnau, 1922. A symphony of horror, shown with live piano.",
        "https://archive.org/search?query=nosferatu+1922", format="Live piano", language="de", subtitles="uk",
    ),
    _film(
        "The General", 75, "6",
        "Johnnie loves two things: his locomotive and Annabelle. Both are stolen on the same day, and he goes after them, "
        "alone, on rails, through the middle of a war.\n\nBuster Keaton did every fall himself, and let a real engine "
        "go down with a real bridge, in 1926.",
        "https://archive.org/search?query=the+general+1926", format="35 mm", language="en",
    ),
    _film(
        "Safety Last!", 73, "6",
        "A shop assistant has told his girl that he manages the shop. Now she is coming to see it. What he needs is a "
        "thousand dollars, and what he can think of is a climb up the front of the house, floor by floor, past pigeons, "
        "a tennis net and a clock.\n\nHarold Lloyd, 1923.",
        format="35 mm", language="en", subtitles="uk",
    ),
    _film(
        "Sherlock Jr.", 45, "0",
        "A projectionist who would rather be a detective falls asleep at work, walks down the aisle and climbs into the "
        "film that he shows. The film does not wait for him.\n\nBuster Keaton, 1924: three quarters of an hour in which "
        "nobody in the hall looks at the clock.",
        language="en",
    ),
    _film(
        "Das Cabinet des Dr. Caligari", 74, "12",
        "A fair comes to a town where no wall is straight. In one of its tents a sleepwalker tells visitors how long they "
        "will live. He tends to be right.\n\nRobert Wiene, 1920: shadows painted on the floor, and an end that is "
        "still argued about.",
        format="4K", language="de", subtitles="en",
    ),
    _film(
        "Людина з кіноапаратом", 68, "0",
        "Один день великого міста: воно прокидається, працює, одружується, розлучається, купається й танцює. Усюди поруч "
        "людина з камерою, що лізе на труби, лягає під потяги та знімає навіть себе.\n\nДзиґа Вертов, 1929. Знято в "
        "Одесі, Києві та Харкові, без акторів і без жодного напису.",
        format="Live piano",
    ),
    _film(
        "Земля", 75, "12",
        "Старий дід помирає під яблунею серед стиглих плодів. Його онук приводить у село перший трактор, а вночі "
        "танцює сам на дорозі під місяцем. До ранку не доходить.\n\nОлександр Довженко, 1930: соняшники, хмари й "
        "обличчя, яких не забути.",
        format="35 mm", language="uk", subtitles="en",
    ),
    _film(
        "The Adventures of Prince Achmed", 65, "0",
        "A sorcerer sells a flying horse, a prince mounts it without asking how to come down again, and lands in a story "
        "with demons, a lamp and a fairy who can take off her feathers.\n\nLotte Reiniger cut every figure with scissors "
        "and moved it by hand, for three years, until 1926. The oldest animated feature that has survived.",
        language="en", subtitles="uk",
    ),
    _film(
        "Le Voyage dans la Lune", 13, "0",
        "Six astronomers have themselves fired at the moon with a cannon, and hit it in the eye. What lives there "
        "vanishes in smoke when one taps it with an umbrella.\n\nGeorges Méliès, 1902. Under the open sky, free of charge.",
        language="fr",
    ),
)  # fmt: skip

FILMS = {film.details.title: film for film in _FILMS}
