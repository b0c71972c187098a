// The plan of a hall: seats on columns and lines. Plain values and pure functions; a change makes another plan.
//
// A seat: { id, label, row, place, x, y, kind, zone, held }. Ids are the page's own. `focus` is the id of the seat where one
// sits best. Columns and lines may be negative while one draws; `toSaved` moves the whole hall.

const NO_HOLES = Object.freeze({ left: 0, right: 0, top: 0, bottom: 0, empty: true });

export function planOf(told) {
  const seats = told.seats.map(([label, row, place, x, y, kind, zone, held], index) => ({ id: index + 1, label, row, place, x, y, kind, zone, held }));
  const focus = seats.find((seat) => seat.label === told.focus)?.id ?? null;
  return { seats, curve: told.curve, focus, nextId: seats.length + 1 };
}

export function toSaved(plan) {
  const { left, top } = bounds(plan.seats);
  const [dx, dy] = [Math.max(0, -left), Math.max(0, -top)];
  const ordered = [...plan.seats].sort(inPlanOrder);
  return {
    curve: plan.curve,
    focus: plan.seats.find((seat) => seat.id === plan.focus)?.label ?? null,
    seats: ordered.map((seat) => [seat.label, seat.row, seat.place, seat.x + dx, seat.y + dy, seat.kind, seat.zone, seat.held]),
  };
}

export const placeKey = (x, y) => `${x},${y}`;

/** Line by line from the screen, each from left to right. */
export function inPlanOrder(one, other) {
  return one.y - other.y || one.x - other.x;
}

const byPlaces = new WeakMap();

/** The seat at a place; undefined where it is empty. */
export function seatAt(plan, x, y) {
  if (!byPlaces.has(plan.seats)) byPlaces.set(plan.seats, new Map(plan.seats.map((seat) => [placeKey(seat.x, seat.y), seat])));
  return byPlaces.get(plan.seats).get(placeKey(x, y));
}

export function chosen(plan, ids) {
  return plan.seats.filter((seat) => ids.has(seat.id)).sort(inPlanOrder);
}

export function bounds(seats) {
  if (!seats.length) return NO_HOLES;
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { x, y } of seats) {
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < top) top = y;
    if (y > bottom) bottom = y;
  }
  return { left, right, top, bottom, empty: false };
}

/** Whether the hall is no larger than a plan can be. */
export function fits(plan, limits) {
  const { left, right, top, bottom } = bounds(plan.seats);
  const [columns, lines] = [Math.max(right, 0) - Math.min(left, 0) + 1, Math.max(bottom, 0) - Math.min(top, 0) + 1];
  return plan.seats.length <= limits.seats && columns <= limits.columns && lines <= limits.lines;
}

/** Adds seats, which have no ids yet, at places that are empty. */
export function addSeats(plan, seats) {
  const made = seats.map((seat, index) => ({ ...seat, id: plan.nextId + index }));
  return { plan: { ...plan, seats: [...plan.seats, ...made], nextId: plan.nextId + made.length }, ids: new Set(made.map((seat) => seat.id)) };
}

export function removeSeats(plan, ids) {
  return { ...plan, seats: plan.seats.filter((seat) => !ids.has(seat.id)), focus: ids.has(plan.focus) ? null : plan.focus };
}

/** `change(seat)` gives what is different about a seat. */
export function changeSeats(plan, ids, change) {
  return { ...plan, seats: plan.seats.map((seat) => (ids.has(seat.id) ? { ...seat, ...change(seat) } : seat)) };
}

/** The plan with seats elsewhere; null where others stand in the way. */
export function moveSeats(plan, ids, dx, dy) {
  for (const seat of plan.seats) {
    if (!ids.has(seat.id)) continue;
    const there = seatAt(plan, seat.x + dx, seat.y + dy);
    if (there && !ids.has(there.id)) return null;
  }
  return changeSeats(plan, ids, (seat) => ({ x: seat.x + dx, y: seat.y + dy }));
}

/** Makes an empty column left of `x`; in some lines alone, where they are given. */
export function openColumn(plan, x, lines = null) {
  return { ...plan, seats: plan.seats.map((seat) => (seat.x >= x && (!lines || lines.has(seat.y)) ? { ...seat, x: seat.x + 1 } : seat)) };
}

export function openLine(plan, y) {
  return { ...plan, seats: plan.seats.map((seat) => (seat.y >= y ? { ...seat, y: seat.y + 1 } : seat)) };
}

/** Closes an empty column; null where it has seats. */
export function closeColumn(plan, x, lines = null) {
  const within = (seat) => !lines || lines.has(seat.y);
  if (plan.seats.some((seat) => seat.x === x && within(seat))) return null;
  return { ...plan, seats: plan.seats.map((seat) => (seat.x > x && within(seat) ? { ...seat, x: seat.x - 1 } : seat)) };
}

export function closeLine(plan, y) {
  if (plan.seats.some((seat) => seat.y === y)) return null;
  return { ...plan, seats: plan.seats.map((seat) => (seat.y > y ? { ...seat, y: seat.y - 1 } : seat)) };
}

/** The places of a block: `rows` by `places` seats from a corner, with free lines and places between them. */
export function blockPlaces({ x, y, rows, places, rowGap = 0, placeGap = 0 }) {
  const found = [];
  for (let row = 0; row < rows; row += 1) {
    for (let place = 0; place < places; place += 1) found.push({ x: x + place * (placeGap + 1), y: y + row * (rowGap + 1) });
  }
  return found;
}

/** The seats without a name, and the names that several seats have. */
export function faultsOf(plan) {
  const counts = new Map();
  for (const { label } of plan.seats) counts.set(label, (counts.get(label) ?? 0) + 1);
  const unnamed = new Set(plan.seats.filter((seat) => !seat.label).map((seat) => seat.id));
  const same = [...counts].filter(([label, count]) => label && count > 1).map(([label]) => label);
  return { unnamed, same };
}

export function zonesOf(plan) {
  return [...new Set(plan.seats.map((seat) => seat.zone))];
}
