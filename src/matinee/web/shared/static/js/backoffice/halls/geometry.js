// Where places are on the drawing, in its units, and which place is at a point. Rows hang down as in the picker (drawing.py).

import { bounds } from "./plan.js";

export const COLUMN = 40;
export const LINE = 44;
const SIDE = 56;
const ABOVE = 96;
const BEND_SHARE = 0.36;
const BEND_LINES_MAX = 5;
// Free places around the seats, to draw in; and how many places there are at the least.
const AROUND = { left: 2, right: 4, top: 1, bottom: 3 };
const LEAST = { columns: 16, lines: 9 };

/** The frame of the drawing: which columns and lines it shows, how large it is, how deep its rows hang. */
export function frameOf(plan, cursor) {
  const seats = bounds(plan.seats);
  const left = Math.min(0, seats.left - AROUND.left, cursor.x);
  const top = Math.min(0, seats.top - AROUND.top, cursor.y);
  const right = Math.max(left + LEAST.columns - 1, seats.right + AROUND.right, cursor.x);
  const bottom = Math.max(top + LEAST.lines - 1, seats.bottom + AROUND.bottom, cursor.y);
  const width = (seats.right - seats.left) * COLUMN;
  const depth = Math.round((Math.min((BEND_SHARE * width) / 2, BEND_LINES_MAX * LINE) * plan.curve) / 100);
  return {
    left, right, top, bottom, depth,
    middle: (seats.left + seats.right) / 2,
    half: width / COLUMN / 2,
    width: 2 * SIDE + (right - left + 1) * COLUMN,
    height: ABOVE + (bottom - top + 1) * LINE + depth + 12,
  };
}

/** How far a seat in this column hangs down. */
export function hang(frame, x) {
  if (!frame.depth) return 0;
  return Math.max(0, Math.round(frame.depth * (1 - ((x - frame.middle) / frame.half) ** 2)));
}

/** The middle of a place. */
export function unitsOf(frame, x, y) {
  return { x: SIDE + (x - frame.left + 0.5) * COLUMN, y: ABOVE + (y - frame.top + 0.5) * LINE + hang(frame, x) };
}

/** Column and line at a point, with fractions: 2.5 is the middle of column 2. */
export function pointOf(frame, ux, uy) {
  const x = (ux - SIDE) / COLUMN + frame.left;
  return { x, y: (uy - ABOVE - hang(frame, Math.floor(x))) / LINE + frame.top };
}

export function placeOf(frame, ux, uy) {
  const { x, y } = pointOf(frame, ux, uy);
  return { x: clamp(Math.floor(x), frame.left, frame.right), y: clamp(Math.floor(y), frame.top, frame.bottom) };
}

/** The rectangle between two places. */
export function rectangle(one, other) {
  return {
    left: Math.min(one.x, other.x),
    right: Math.max(one.x, other.x),
    top: Math.min(one.y, other.y),
    bottom: Math.max(one.y, other.y),
  };
}

export function isWithin({ x, y }, { left, right, top, bottom }) {
  return x >= left && x <= right && y >= top && y <= bottom;
}

export function clamp(value, least, most) {
  return Math.min(most, Math.max(least, value));
}

/** How many rows and places a block in a frame has, with free lines and places between them. */
export function blockIn({ left, right, top, bottom }, rowGap, placeGap) {
  return { rows: Math.ceil((bottom - top + 1) / (rowGap + 1)), columns: Math.ceil((right - left + 1) / (placeGap + 1)) };
}
