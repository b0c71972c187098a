// What seats and places are called aloud, and how each zone looks.

import { zonesOf } from "./plan.js";

export const STANDARD = "standard";
// As many as have a look of their own, as in the picker.
const ZONE_LOOKS = 6;

/** Fills "{seat} is yours" with what is named between the braces. */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Zone -> look: the standard zone the first, the others in natural order. */
export function looksOf(plan) {
  const zones = zonesOf(plan).sort((one, other) => Number(one !== STANDARD) - Number(other !== STANDARD) || one.localeCompare(other, undefined, { numeric: true }));
  const first = zones[0] === STANDARD ? 0 : 1;
  return new Map(zones.map((zone, index) => [zone, (first + index) % ZONE_LOOKS]));
}

export class Names {
  constructor(config) {
    this.config = config;
    this.words = config.words;
  }

  placeName(seat) {
    if (!seat.label) return this.words.unnamed;
    if (!seat.place) return fill(this.words.seat_without_row, { place: seat.label });
    return fill(seat.row ? this.words.seat : this.words.seat_without_row, seat);
  }

  zoneName(zone) {
    return zone === STANDARD ? this.words.standard_zone : zone;
  }

  /** The accessible name of a seat. */
  nameOf(seat, { sold, isFocus, wheelchair }) {
    return [
      this.placeName(seat),
      this.config.kinds[seat.kind],
      wheelchair && fill(this.words.with_wheelchair, { seat: wheelchair.label }),
      seat.zone === STANDARD ? "" : seat.zone,
      this.config.held_back[seat.held],
      sold && this.words.is_sold,
      isFocus && this.words.is_focus,
    ].filter(Boolean).join(", ");
  }

  emptyName({ x, y }) {
    return fill(this.words.empty, { line: y + 1, column: x + 1 });
  }

  listed(labels, most = 24) {
    const shown = labels.slice(0, most).join(" ");
    return labels.length > most ? fill(this.words.and_more, { seats: shown, number: labels.length - most }) : shown;
  }
}
