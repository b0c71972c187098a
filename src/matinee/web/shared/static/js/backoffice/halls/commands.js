// What can be done to a plan: each takes { plan, ids, sold, limits, ... } and gives { plan, ids, said } or { refused }.
//
// `said` and `refused` are a key of the words and what is filled into it. Seats that somebody has stay what and where they are;
// the server looks again when the plan is saved.

import { addSeats, blockPlaces, changeSeats, chosen, closeColumn, closeLine, fits, moveSeats, openColumn, openLine, removeSeats, seatAt } from "./plan.js";
import { named, NAME, nextNames, numbered } from "./numbering.js";

const NEW = { kind: "standard", zone: "standard", held: "", label: "", row: "", place: "" };

const refuse = (key, values = {}) => ({ refused: { key, values } });

/** The refusal where some of these seats are had by somebody; undefined where none is. */
function soldAmong(seats, sold) {
  const labels = seats.filter((seat) => sold[seat.label]).map((seat) => seat.label);
  return labels.length ? refuse("sold_stays", { seats: labels.slice(0, 12).join(", ") }) : undefined;
}

function done(state, plan, ids, key, values = {}) {
  if (!fits(plan, state.limits)) return refuse("too_large");
  return { plan, ids, said: { key, values: { number: ids.size, ...values } } };
}

/** Draws seats at those of the places that are empty. */
function draw(state, places) {
  const free = places.filter(({ x, y }) => !seatAt(state.plan, x, y));
  if (!free.length) return refuse("place_taken");
  if (state.plan.seats.length + free.length > state.limits.seats) return refuse("too_large");
  const { plan, ids } = addSeats(state.plan, nextNames(state.plan, free.map((place) => ({ ...NEW, ...place }))));
  return done(state, plan, ids, "drawn");
}

export function drawBlock(state, block) {
  return draw(state, blockPlaces(block));
}

export function remove(state) {
  const seats = chosen(state.plan, state.ids);
  if (!seats.length) return refuse("nothing_chosen");
  return soldAmong(seats, state.sold) ?? { ...done(state, removeSeats(state.plan, state.ids), new Set(), "deleted"), said: { key: "deleted", values: { number: seats.length } } };
}

/** Whole rows may move with the seats that somebody has in them; single ones may not. */
export function move(state, dx, dy) {
  const seats = chosen(state.plan, state.ids);
  if (!seats.length) return refuse("nothing_chosen");
  const lines = new Set(seats.filter((seat) => state.sold[seat.label]).map((seat) => seat.y));
  const isWhole = state.plan.seats.every((seat) => !lines.has(seat.y) || state.ids.has(seat.id));
  const refusal = isWhole ? undefined : soldAmong(seats, state.sold);
  if (refusal) return refusal;
  const plan = moveSeats(state.plan, state.ids, dx, dy);
  return plan ? done(state, plan, state.ids, "moved") : refuse("place_taken");
}

/** Another kind, zone, or reason for keeping back. What is kept back for others is no matter of whoever has a seat already. */
export function change(state, name, value) {
  const seats = chosen(state.plan, state.ids);
  if (!seats.length) return refuse("nothing_chosen");
  const different = seats.filter((seat) => seat[name] !== value);
  const refusal = name === "held" ? undefined : soldAmong(different, state.sold);
  return refusal ?? done(state, changeSeats(state.plan, state.ids, () => ({ [name]: value })), state.ids, "changed");
}

/** One chosen seat becomes a wheelchair place, the one right beside it the seat of the companion. */
export function pair(state) {
  const seats = chosen(state.plan, state.ids);
  if (!seats.length || seats.length > 2) return refuse(seats.length ? "no_pair" : "nothing_chosen");
  const [first] = seats;
  const second = seats[1] ?? seatAt(state.plan, first.x + 1, first.y) ?? seatAt(state.plan, first.x - 1, first.y);
  if (!second || second.y !== first.y || Math.abs(second.x - first.x) !== 1) return refuse("no_pair");
  const refusal = soldAmong([first, second], state.sold);
  if (refusal) return refusal;
  const ids = new Set([first.id, second.id]);
  const plan = changeSeats(state.plan, ids, (seat) => ({ kind: seat.id === first.id ? "wheelchair" : "companion" }));
  return done(state, plan, ids, "paired", { wheelchair: first.label, companion: second.label });
}

export function number(state, options) {
  const seats = chosen(state.plan, state.ids);
  if (!seats.length) return refuse("nothing_chosen");
  const names = numbered(seats, options);
  if (!names) return refuse("bad_first");
  return rename(state, seats, (seat) => names.get(seat.id), "numbered");
}

/** Another row for all that is chosen; another place where it is a single seat. */
export function name(state, { row, place }) {
  const seats = chosen(state.plan, state.ids);
  if (!seats.length) return refuse("nothing_chosen");
  return rename(state, seats, (seat) => named(row, seats.length === 1 ? place : seat.place), "changed");
}

function rename(state, seats, nameOf, key) {
  const different = seats.filter((seat) => nameOf(seat).row !== seat.row || nameOf(seat).place !== seat.place);
  if (different.some((seat) => !NAME.test(nameOf(seat).label) || nameOf(seat).label.length > state.limits.characters)) return refuse("bad_name");
  const ids = new Set(different.map((seat) => seat.id));
  return soldAmong(different, state.sold) ?? { ...done(state, changeSeats(state.plan, ids, nameOf), state.ids, key) };
}

export function aisleLeft(state, x, lines = null) {
  return done(state, openColumn(state.plan, x, lines), state.ids, "aisle");
}

export function aisleInFront(state, y) {
  return done(state, openLine(state.plan, y), state.ids, "aisle");
}

export function closeColumnAt(state, x, lines = null) {
  const plan = closeColumn(state.plan, x, lines);
  return plan ? done(state, plan, state.ids, "closed") : refuse("not_empty");
}

export function closeLineAt(state, y) {
  const plan = closeLine(state.plan, y);
  return plan ? done(state, plan, state.ids, "closed") : refuse("not_empty");
}

export function copy(state) {
  const seats = chosen(state.plan, state.ids);
  if (!seats.length) return null;
  const [left, top] = [Math.min(...seats.map((seat) => seat.x)), Math.min(...seats.map((seat) => seat.y))];
  return seats.map(({ x, y, kind, zone, held, place }) => ({ ...NEW, x: x - left, y: y - top, kind, zone, held, place }));
}

/** What was copied, from a corner on, under new names. */
export function paste(state, copied, corner) {
  if (!copied) return refuse("nothing_copied");
  const seats = copied.map((seat) => ({ ...seat, x: seat.x + corner.x, y: seat.y + corner.y }));
  if (seats.some(({ x, y }) => seatAt(state.plan, x, y))) return refuse("place_taken");
  if (state.plan.seats.length + seats.length > state.limits.seats) return refuse("too_large");
  const { plan, ids } = addSeats(state.plan, nextNames(state.plan, seats));
  return done(state, plan, ids, "pasted");
}

export function curve(state, value) {
  return done(state, { ...state.plan, curve: value }, state.ids, "curved", { number: value });
}

export function focus(state) {
  const [seat] = chosen(state.plan, state.ids);
  if (!seat) return refuse("nothing_chosen");
  return done(state, { ...state.plan, focus: state.plan.focus === seat.id ? null : seat.id }, state.ids, "focused", { seat: seat.label });
}
