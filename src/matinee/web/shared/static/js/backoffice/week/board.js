// The board: what stands on it, where on the axis, and what the clock shows there. Times are minutes since 1970.

const STEP = 5;

export class Board {
  constructor(root) {
    this.root = root;
    this.read();
  }

  // Read the days, lanes and screenings anew, and put each in its place.
  read() {
    const axis = this.root.querySelector(".week-days");
    this.from = Number(axis.dataset.from);
    this.to = Number(axis.dataset.to);
    this.now = Number(axis.dataset.now);
    this.days = [...axis.querySelectorAll(".week-day")].map((element) => ({
      element,
      name: element.dataset.name,
      begin: Number(element.dataset.begin),
      hours: JSON.parse(element.dataset.hours),
      lines: [...element.querySelectorAll(".lane-line")],
    }));
    this.halls = this.days[0].lines.map((line) => ({
      id: line.dataset.hall,
      name: line.dataset.name,
      turnaround: Number(line.dataset.turnaround),
    }));
    this.shows = [...axis.querySelectorAll(".show")].map((element) => ({
      element,
      id: element.dataset.id,
      film: element.dataset.film,
      title: element.dataset.title,
      time: element.dataset.time,
      day: element.dataset.day,
      hall: element.parentElement.dataset.hall,
      start: Number(element.dataset.start),
      minutes: Number(element.dataset.minutes),
      adverts: Number(element.dataset.adverts),
      tickets: Number(element.dataset.tickets),
      draft: "draft" in element.dataset,
    }));
    for (const mark of axis.querySelectorAll(".hours-line span")) {
      mark.style.insetInlineStart = `${this.share(Number(mark.dataset.at) - this.from)}%`;
    }
    axis.style.setProperty("--hours", (this.to - this.from) / 60);
    // What can be scrolled can be reached by keyboard.
    for (const area of axis.querySelectorAll(".week-scroll")) {
      if (area.scrollWidth > area.clientWidth) area.tabIndex = 0;
    }
    for (const show of this.shows) this.place(show.element, show);
    this.markOverlaps();
  }

  share(minutes) {
    return (100 * minutes) / (this.to - this.from);
  }

  hall(id) {
    return this.halls.find((hall) => hall.id === String(id));
  }

  show(id) {
    return this.shows.find((show) => show.id === String(id));
  }

  dayOf(start) {
    return this.days.find((day, number) => {
      const end = this.days[number + 1]?.begin ?? day.begin + 24 * 60;
      return start >= day.begin && start < end;
    });
  }

  // Put a block on the axis: adverts and film, and the turnaround behind them.
  place(element, { start, minutes, adverts, hall }) {
    const day = this.dayOf(start) ?? this.days[0];
    const { turnaround } = this.hall(hall);
    element.style.insetInlineStart = `${this.share(start - day.begin - this.from)}%`;
    element.style.inlineSize = `${this.share(minutes + turnaround)}%`;
    element.querySelector(".show-box").style.flexGrow = minutes;
    element.querySelector(".show-turnaround").style.flexGrow = turnaround;
    element.querySelector(".show-adverts").style.inlineSize = `${(100 * adverts) / minutes}%`;
  }

  // The day and the time that the clock shows at a moment; null beyond the week.
  wall(moment) {
    const day = this.dayOf(moment) ?? (moment >= this.days.at(-1).begin ? this.days.at(-1) : null);
    if (!day) return null;
    const passed = moment - day.begin;
    const [at, date, clock] = day.hours.filter(([hour]) => hour <= passed).at(-1);
    const [hours, minutes] = clock.split(":").map(Number);
    const shown = hours * 60 + minutes + passed - at;
    return { day: date, time: `${pad(Math.floor(shown / 60) % 24)}:${pad(shown % 60)}`, name: day.name };
  }

  // The moment at which the clock shows this day and time; null where it is not in this week.
  moment(date, time) {
    const [hours, minutes] = time.split(":").map(Number);
    for (const day of this.days) {
      for (const [at, shown, clock] of day.hours) {
        const [hour, minute] = clock.split(":").map(Number);
        const since = hours * 60 + minutes - hour * 60 - minute;
        if (shown === date && since >= 0 && since < 60) return day.begin + at + since;
      }
    }
    return null;
  }

  // What stands in the way of a film in a hall, turnarounds included; as the server has it (occupancy.py).
  inTheWay({ hall, start, minutes, id }) {
    const { turnaround } = this.hall(hall);
    return this.shows
      .filter((other) => other.hall === String(hall) && other.id !== id)
      .find((other) => start < other.start + other.minutes + turnaround && other.start < start + minutes + turnaround);
  }

  markOverlaps() {
    const words = this.root.closest("#week").dataset.overlap;
    for (const show of this.shows) {
      const other = this.inTheWay(show);
      const mark = show.element.querySelector(".show-overlap");
      show.element.classList.toggle("is-overlap", Boolean(other));
      mark.hidden = !other;
      mark.textContent = other ? `⚠ ${words}` : "";
    }
  }

  // The moment under a point of a lane, on a step of five minutes.
  momentAt(line, x) {
    const box = line.getBoundingClientRect();
    const day = this.days.find((each) => each.lines.includes(line));
    const minutes = this.from + ((x - box.left) / box.width) * (this.to - this.from);
    return snap(day.begin + Math.max(0, Math.min(24 * 60 - STEP, minutes)));
  }

  line(moment, hall) {
    return this.dayOf(moment)?.lines.find((line) => line.dataset.hall === String(hall));
  }
}

export function snap(moment) {
  return Math.round(moment / STEP) * STEP;
}

function pad(number) {
  return String(number).padStart(2, "0");
}
