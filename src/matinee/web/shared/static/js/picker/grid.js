// The map as a grid: one stop for Tab, arrow keys over aisles, Enter or the space bar chooses.

const PAGE_LINES = 5;

export class Grid {
  /** `choose(seat)` is called for a seat that is pressed, `moved(seat)` for one that the focus goes to. */
  constructor(map, { choose, moved, label }) {
    this.map = map;
    this.choose = choose;
    this.moved = moved;
    this.upgrade(label);
    this.stop = this.firstStop();
    this.stop?.element.setAttribute("tabindex", "0");
    map.svg.addEventListener("keydown", (event) => this.onKey(event));
    map.svg.addEventListener("focusin", (event) => this.onFocus(event));
    map.svg.addEventListener("click", (event) => {
      const seat = map.at(event.target);
      if (seat) this.choose(seat);
    });
  }

  upgrade(label) {
    const svg = this.map.svg;
    svg.setAttribute("role", "grid");
    svg.setAttribute("aria-label", label);
    svg.setAttribute("aria-multiselectable", "true");
    svg.querySelectorAll("defs, .screen, .screen-light, .screen-word").forEach((each) => each.setAttribute("aria-hidden", "true"));
    for (const line of this.map.lines) {
      line.group.setAttribute("role", "row");
      line.group.setAttribute("aria-label", line.title);
      line.group.querySelectorAll(".row").forEach((text) => text.setAttribute("aria-hidden", "true"));
      for (const seat of line.seats) {
        const element = seat.element;
        element.setAttribute("role", "gridcell");
        element.setAttribute("tabindex", "-1");
        element.setAttribute("aria-label", this.map.nameOf(seat));
        element.setAttribute("aria-selected", String(seat.state === "mine"));
        this.map.setDisabled(seat);
      }
    }
  }

  /** Where Tab comes in first: a chosen seat, else a free one in the middle of the hall. */
  firstStop() {
    const all = [...this.map.seats.values()];
    const mine = all.find((seat) => seat.state === "mine");
    if (mine) return mine;
    const box = this.map.svg.viewBox.baseVal;
    const distance = (seat) => Math.hypot(seat.x - box.width / 2, seat.y - box.height * 0.65);
    const best = (seats) => seats.reduce((found, seat) => (!found || distance(seat) < distance(found) ? seat : found), null);
    return best(all.filter((seat) => seat.state === "free")) ?? best(all);
  }

  onFocus(event) {
    const seat = this.map.at(event.target);
    if (!seat) return;
    this.setStop(seat);
    this.moved(seat);
  }

  setStop(seat) {
    if (this.stop === seat) return;
    this.stop?.element.setAttribute("tabindex", "-1");
    seat.element.setAttribute("tabindex", "0");
    this.stop = seat;
  }

  onKey(event) {
    const seat = this.map.at(event.target);
    if (!seat || event.altKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (!event.repeat) this.choose(seat);
      return;
    }
    const next = this.next(seat, event);
    if (next === undefined) return;
    event.preventDefault();
    next?.element.focus({ preventScroll: true });
  }

  /** The seat that a key leads to; null where there is none, undefined for keys that are none of ours. */
  next(seat, event) {
    const { lines } = this.map;
    const seats = seat.line.seats;
    const at = seats.indexOf(seat);
    const lineAt = lines.indexOf(seat.line);
    const clamped = (number) => Math.max(0, Math.min(lines.length - 1, number));
    switch (event.key) {
      case "ArrowLeft": return seats[at - 1] ?? null;
      case "ArrowRight": return seats[at + 1] ?? null;
      case "ArrowUp": return this.nearest(lines[lineAt - 1], seat);
      case "ArrowDown": return this.nearest(lines[lineAt + 1], seat);
      case "PageUp": return this.nearest(lines[clamped(lineAt - PAGE_LINES)], seat);
      case "PageDown": return this.nearest(lines[clamped(lineAt + PAGE_LINES)], seat);
      case "Home": return (event.ctrlKey ? lines[0] : seat.line).seats[0];
      case "End": return (event.ctrlKey ? lines.at(-1) : seat.line).seats.at(-1);
      default: return undefined;
    }
  }

  nearest(line, seat) {
    if (!line) return null;
    const far = (other) => Math.abs(other.x - seat.x);
    return line.seats.reduce((found, other) => (far(other) < far(found) ? other : found));
  }
}
