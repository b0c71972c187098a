// How many are in, of how many, for each screening of this door.

import { text } from "./texts.js";
import { clockTime } from "./times.js";

/** Rows that are made once and then only filled: nothing jumps under the thumb. */
export class Counts {
  constructor(list) {
    this.list = list;
    this.rows = new Map();
  }

  /** `screenings` as in the list of the door; `counts`: id -> {tickets, inside}. */
  show(screenings, counts) {
    const ids = new Set(screenings.map((each) => each.id));
    for (const [id, row] of this.rows) if (!ids.has(id)) this.drop(id, row);
    for (const screening of screenings) {
      if (!this.rows.has(screening.id)) this.add(screening);
      this.fill(this.rows.get(screening.id), screening, counts.get(screening.id) ?? counts.get(String(screening.id)));
    }
  }

  add({ id }) {
    const row = document.getElementById("count-row").content.firstElementChild.cloneNode(true);
    this.rows.set(id, row);
    this.list.append(row);
  }

  drop(id, row) {
    row.remove();
    this.rows.delete(id);
  }

  fill(row, screening, count) {
    const part = (name) => row.querySelector(`[data-part=${name}]`);
    const { tickets = 0, inside = 0 } = count ?? {};
    set(part("time"), clockTime(screening.starts_at, screening.timezone));
    set(part("film"), screening.film);
    set(part("hall"), screening.hall);
    set(part("inside"), String(inside));
    set(part("tickets"), String(tickets));
    set(part("aloud"), text("count_aloud", { inside, tickets }));
    const bar = part("bar");
    bar.max = Math.max(tickets, 1);
    bar.value = inside;
    part("cancelled").hidden = !screening.cancelled;
    row.classList.toggle("is-cancelled", Boolean(screening.cancelled));
  }
}

function set(element, words) {
  if (element.textContent !== words) element.textContent = words;
}
