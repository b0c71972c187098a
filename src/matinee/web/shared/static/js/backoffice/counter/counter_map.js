// The picker's map as a clerk has it: what the house keeps back can be chosen, too, unless it is broken.
import { Grid } from "../../picker/grid.js";
import { SeatMap } from "../../picker/seat_map.js";

class CounterMap extends SeatMap {
  broken = new Set();

  isChoosable(seat) {
    return seat.state === "free" || seat.state === "mine" || (seat.state === "house" && !this.broken.has(seat.label));
  }

  setDisabled(seat) {
    if (this.isChoosable(seat)) seat.element.removeAttribute("aria-disabled");
    else seat.element.setAttribute("aria-disabled", "true");
  }

  nameOf(seat) {
    const state = this.broken?.has(seat.label) ? "broken" : seat.state;
    return `${this.describe(seat)}: ${this.config.states[state]}`;
  }

  /** Shows all seats as they are told: label lists by state. */
  tell(states) {
    this.broken = new Set(states.broken);
    const told = new Map();
    for (const state of ["house", "held", "sold", "mine"]) for (const label of states[state]) told.set(label, state);
    for (const seat of this.seats.values()) {
      this.show(seat, told.get(seat.label) ?? "free");
      this.setDisabled(seat);
      seat.element.setAttribute("aria-label", this.nameOf(seat));
      seat.element.setAttribute("aria-selected", String(seat.state === "mine"));
    }
  }
}

/** Makes the map of `root` live; `choose(seat)` is called for a seat that can be chosen. Null where there is no map. */
export function openMap(root, choose) {
  const svg = root.querySelector("[data-seats]");
  if (!svg) return null;
  const config = JSON.parse(root.dataset.config);
  const map = new CounterMap(svg, config);
  root.querySelector(".picker").classList.add("is-live");
  new Grid(map, { choose: (seat) => map.isChoosable(seat) && choose(seat), moved: () => {}, label: config.map_label });
  return map;
}
