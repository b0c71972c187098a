// What rows and places are called.

import { inPlanOrder } from "./plan.js";

const ALL = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const CLEAR = "ABCDEFGHJKLMNPQRSTUVWXYZ";
export const NAME = /^[\p{L}\p{N}]([\p{L}\p{N}-]*)$/u;

/** A, B, ... Z, AA, AB, ...: the name with this number, counted from 0. */
export function letters(index, { skip = true } = {}) {
  const alphabet = skip ? CLEAR : ALL;
  let name = "";
  for (let rest = index; rest >= 0; rest = Math.floor(rest / alphabet.length) - 1) name = alphabet[rest % alphabet.length] + name;
  return name;
}

/** The number of a name of letters; -1 for any other. */
export function indexOfLetters(name, { skip = true } = {}) {
  const alphabet = skip ? CLEAR : ALL;
  let index = 0;
  for (const letter of name) {
    const at = alphabet.indexOf(letter);
    if (at < 0) return -1;
    index = index * alphabet.length + at + 1;
  }
  return index - 1;
}

/** Names of rows from `first` on; null where it is no such name. */
export function rowNames(count, { rows, first, skip }) {
  const wanted = (first || "").trim().toUpperCase();
  const begin = rows === "letters" ? indexOfLetters(wanted || "A", { skip }) : /^[0-9]{1,4}$/.test(wanted || "1") ? Number(wanted || "1") : -1;
  if (begin < 0) return null;
  return Array.from({ length: count }, (_, index) => (rows === "letters" ? letters(begin + index, { skip }) : String(begin + index)));
}

/** Seats by their lines, from the screen, each from left to right. */
export function linesOf(seats) {
  const lines = new Map();
  for (const seat of [...seats].sort(inPlanOrder)) {
    if (!lines.has(seat.y)) lines.set(seat.y, []);
    lines.get(seat.y).push(seat);
  }
  return [...lines.values()];
}

/**
 * New names of these seats: id -> { row, place, label }; null where the first row cannot be called so.
 *
 * `rows`: letters, numbers, keep or none; `from`: screen or back; `places`: left or right; `step`: all, odd or even; `through`:
 * the places count on from row to row.
 */
export function numbered(seats, options) {
  const lines = linesOf(seats);
  if (options.from === "back") lines.reverse();
  const given = options.rows === "letters" || options.rows === "numbers";
  const names = given ? rowNames(lines.length, options) : [];
  if (!names) return null;
  const by = options.step === "all" ? 1 : 2;
  const parity = { odd: 1, even: 0 }[options.step];
  const start = parity !== undefined && options.start % 2 !== parity ? options.start + 1 : options.start;
  const found = new Map();
  let next = start;
  lines.forEach((line, index) => {
    if (!options.through) next = start;
    for (const seat of options.places === "right" ? [...line].reverse() : line) {
      const row = given ? names[index] : options.rows === "none" ? "" : seat.row;
      found.set(seat.id, named(row, String(next)));
      next += by;
    }
  });
  return found;
}

export function named(row, place) {
  return { row, place, label: row + place };
}

/**
 * Names for new seats beside those that are there: in a line that has a row, its places go on; another line is the next row.
 * Seats that were copied keep their places in a new row.
 */
export function nextNames(plan, seats) {
  const rowOfLine = new Map(plan.seats.filter((seat) => seat.row).map((seat) => [seat.y, seat.row]));
  const taken = new Set(plan.seats.map((seat) => seat.label));
  const nameless = plan.seats.length > 0 && rowOfLine.size === 0;
  const rows = new Set(rowOfLine.values());
  const numbers = rows.size > 0 && [...rows].every((row) => /^[0-9]+$/.test(row));
  const nextRow = () => {
    for (let index = highest(rows, numbers) + 1; ; index += 1) {
      const name = numbers ? String(index) : letters(index);
      if (!rows.has(name)) {
        rows.add(name);
        return name;
      }
    }
  };
  return linesOf(seats).flatMap((line) => {
    const old = rowOfLine.get(line[0].y);
    const row = old ?? (nameless ? "" : nextRow());
    let next = 1;
    return line.map((seat) => {
      const keeps = old === undefined && seat.place && !taken.has(row + seat.place);
      while (!keeps && taken.has(row + next)) next += 1;
      const name = named(row, keeps ? seat.place : String(next));
      taken.add(name.label);
      return { ...seat, ...name };
    });
  });
}

function highest(rows, numbers) {
  const indices = [...rows].map((row) => (numbers ? Number(row) : indexOfLetters(row)));
  return Math.max(numbers ? 0 : -1, ...indices);
}
