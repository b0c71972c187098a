// Which wheelchair place each companion seat goes with. The same choice as the box office makes (seating/companions.py).

import { inPlanOrder } from "./plan.js";

/** Companion seat -> wheelchair place, by id; empty in a hall without wheelchair places. */
export function pairsOf(seats) {
  const ordered = seats.filter((seat) => seat.kind === "companion" || seat.kind === "wheelchair").sort(inPlanOrder);
  const companions = ordered.filter((seat) => seat.kind === "companion");
  const wheelchairs = ordered.filter((seat) => seat.kind === "wheelchair");
  const pairs = new Map();
  if (!wheelchairs.length) return pairs;
  const unpaired = new Map(wheelchairs.map((seat) => [`${seat.x},${seat.y}`, seat]));
  for (const seat of companions) {
    for (const place of [`${seat.x - 1},${seat.y}`, `${seat.x + 1},${seat.y}`]) {
      if (!unpaired.has(place)) continue;
      pairs.set(seat.id, unpaired.get(place).id);
      unpaired.delete(place);
      break;
    }
  }
  const counts = new Map();
  const count = (id) => counts.set(id, (counts.get(id) ?? 0) + 1);
  for (const id of pairs.values()) count(id);
  for (const seat of companions) {
    if (pairs.has(seat.id)) continue;
    const nearest = wheelchairs.reduce((best, other) => (isNearer(rank(seat, other, counts), rank(seat, best, counts)) ? other : best));
    pairs.set(seat.id, nearest.id);
    count(nearest.id);
  }
  return pairs;
}

function rank(companion, wheelchair, counts) {
  const apart = (wheelchair.x - companion.x) ** 2 + (wheelchair.y - companion.y) ** 2;
  return [Number(wheelchair.y !== companion.y), apart, counts.get(wheelchair.id) ?? 0, wheelchair.y, wheelchair.x];
}

function isNearer(one, other) {
  const at = one.findIndex((value, index) => value !== other[index]);
  return at >= 0 && one[at] < other[at];
}
