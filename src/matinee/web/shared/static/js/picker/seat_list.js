// The list in place of the map: a row, then a seat, then for whom.

export class SeatList {
  /** `add(seat, type)` is called for what is chosen. */
  constructor(root, map, { add, empty }) {
    this.map = map;
    this.empty = empty;
    this.line = root.querySelector("[data-list-row] select");
    const form = root.querySelector("[data-list-seat]");
    this.seat = form.querySelector("[name=add]");
    this.type = form.querySelector("[name=ticket_type]");
    this.button = form.querySelector("[data-add]");
    form.hidden = false;
    this.fillSeats();
    root.querySelector("[data-list-row]").addEventListener("submit", (event) => event.preventDefault());
    this.line.addEventListener("change", () => this.fillSeats());
    this.seat.addEventListener("change", () => this.fillTypes());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const seat = map.get(this.seat.value);
      if (seat) add(seat, this.type.value || null);
    });
  }

  /** What of the row is free now. Only options that differ are made anew, so that an open list stays open. */
  fillSeats() {
    const line = this.map.lines.find((each) => each.key === this.line.value);
    const free = (line?.seats ?? []).filter((seat) => seat.state === "free");
    const shown = free.map((seat) => seat.label).join(" ");
    if (shown === this.shown) return;
    this.shown = shown;
    const chosen = this.seat.value;
    const options = free.map((seat) => new Option(this.map.describeInLine(seat), seat.label));
    if (!options.length) options.push(new Option(this.empty, ""));
    this.seat.replaceChildren(...options);
    if (free.some((seat) => seat.label === chosen)) this.seat.value = chosen;
    this.button.disabled = free.length === 0;
    this.fillTypes();
  }

  /** What is sold for the zone of the seat, with its prices. */
  fillTypes() {
    const seat = this.map.get(this.seat.value);
    if (!seat || seat.zone === this.zone) return;
    this.zone = seat.zone;
    const chosen = this.type.value;
    const types = this.map.config.zones[seat.zone]?.types ?? [];
    this.type.replaceChildren(...types.map((type) => new Option(type.name, type.code)));
    if (types.some((type) => type.code === chosen)) this.type.value = chosen;
  }
}
