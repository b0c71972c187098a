// The seats of the drawing: what each is, what state it is in, and what it is called then.

const SVG = "http://www.w3.org/2000/svg";

/** Fills "{seat} is yours" with what is named between the braces. */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export class SeatMap {
  /** Reads the drawing once; afterwards only seats that change are touched. */
  constructor(svg, config) {
    this.svg = svg;
    this.config = config;
    this.seats = new Map();
    this.lines = [];
    const zones = Object.keys(config.zones);
    const looks = config.zone_looks;
    for (const group of svg.querySelectorAll("[data-line]")) {
      const line = { key: group.dataset.line, title: group.dataset.title, group, seats: [] };
      for (const element of group.querySelectorAll(".seat")) {
        const label = element.dataset.n;
        const row = element.dataset.r ?? group.dataset.row;
        const place = element.dataset.p ?? label.slice(row.length);
        const look = Number(element.dataset.z ?? 0);
        const zone = element.dataset.zone ?? zones.find((name) => looks[name] === look);
        const x = element.transform.baseVal[0].matrix.e;
        const y = element.transform.baseVal[0].matrix.f;
        const seat = { label, row, place, zone, x, y, element, line, kind: element.dataset.k ?? "standard" };
        // What everybody else sees, and what is shown.
        seat.others = element.dataset.s === "mine" ? "held" : element.dataset.s ?? "free";
        seat.state = element.dataset.s ?? "free";
        line.seats.push(seat);
        this.seats.set(label, seat);
      }
      this.lines.push(line);
    }
  }

  get(label) {
    return this.seats.get(label);
  }

  /** The seat of an event's target. */
  at(target) {
    const element = target instanceof Element ? target.closest(".map .seat") : null;
    return element ? this.seats.get(element.dataset.n) : undefined;
  }

  /** "Row C, seat 7". */
  placeOf(seat) {
    const words = this.config.words;
    return fill(seat.row ? words.name : words.name_without_row, seat);
  }

  /** Row, seat, kind, zone and price: all but the state. */
  describe(seat) {
    return this.describeAs(seat, this.placeOf(seat));
  }

  /** The same for whoever knows the row already. */
  describeInLine(seat) {
    const isOfLine = seat.row === seat.line.group.dataset.row;
    return this.describeAs(seat, isOfLine ? fill(this.config.words.name_without_row, seat) : this.placeOf(seat));
  }

  describeAs(seat, name) {
    const zone = this.config.zones[seat.zone];
    const kind = seat.kind === "standard" ? "" : this.config.kinds[seat.kind];
    return [name, kind, zone?.name, zone?.price].filter(Boolean).join(", ");
  }

  /** The accessible name. */
  nameOf(seat) {
    return `${this.describe(seat)}: ${this.config.states[seat.state]}`;
  }

  /** Shows a seat in a state: free, mine, held, sold, house. Touches nothing where it is in it already. */
  show(seat, state) {
    if (seat.state === state) return;
    const element = seat.element;
    seat.state = state;
    const mark = element.querySelector(".m");
    if (state === "free") {
      element.removeAttribute("data-s");
      mark?.remove();
    } else {
      element.dataset.s = state;
      const use = mark ?? element.appendChild(document.createElementNS(SVG, "use"));
      use.setAttribute("class", "m");
      use.setAttribute("href", `#m-${state}`);
    }
    element.classList.toggle("is-new", state === "mine");
    element.setAttribute("aria-label", this.nameOf(seat));
    element.setAttribute("aria-selected", String(state === "mine"));
    this.setDisabled(seat);
  }

  setDisabled(seat) {
    if (seat.state === "free" || seat.state === "mine") seat.element.removeAttribute("aria-disabled");
    else seat.element.setAttribute("aria-disabled", "true");
  }

  /** Marks seats that a refusal is about, and no others. */
  pointOut(labels) {
    for (const element of this.svg.querySelectorAll(".is-pointed-out")) element.classList.remove("is-pointed-out");
    for (const label of labels) this.seats.get(label)?.element.classList.add("is-pointed-out");
  }
}
