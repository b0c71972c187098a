// Which seats are chosen: sets of ids, never changed in place.

import { isWithin } from "./geometry.js";

export const NONE = new Set();

export function toggled(ids, id) {
  const found = new Set(ids);
  if (!found.delete(id)) found.add(id);
  return found;
}

export function within(plan, places) {
  return new Set(plan.seats.filter((seat) => isWithin(seat, places)).map((seat) => seat.id));
}

export function both(ids, others) {
  return new Set([...ids, ...others]);
}

export function inLines(plan, lines) {
  return new Set(plan.seats.filter((seat) => lines.has(seat.y)).map((seat) => seat.id));
}

/** Those that are still there. */
export function still(plan, ids) {
  return new Set(plan.seats.filter((seat) => ids.has(seat.id)).map((seat) => seat.id));
}

export function linesOfIds(plan, ids) {
  return new Set(plan.seats.filter((seat) => ids.has(seat.id)).map((seat) => seat.y));
}
