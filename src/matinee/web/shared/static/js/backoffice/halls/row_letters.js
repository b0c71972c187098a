// The names of rows at both sides. A click on one chooses the row; with the keyboard, R does.

import { fill } from "./names.js";
import { unitsOf } from "./geometry.js";
import { element, shown } from "./svg.js";

export function rowLetters(plan, frame, words) {
  const lines = new Map();
  for (const seat of plan.seats) {
    const line = lines.get(seat.y) ?? { rows: new Set(), left: seat.x, right: seat.x };
    if (seat.row) line.rows.add(seat.row);
    line.left = Math.min(line.left, seat.x);
    line.right = Math.max(line.right, seat.x);
    lines.set(seat.y, line);
  }
  return [...lines].flatMap(([y, { rows, left, right }]) => {
    const name = [...rows].sort().join("/");
    return [left - 1, right + 1].map((x) => {
      const at = unitsOf(frame, x, y);
      const group = element("g", { class: "plan-row", "data-row": y, transform: `translate(${at.x} ${at.y})` });
      group.append(element("rect", { x: -19, y: -19, width: 38, height: 38, rx: 8 }), shown(element("text"), name || "·"));
      group.append(shown(element("title"), fill(words.choose_row, { row: name || y + 1 })));
      return group;
    });
  });
}
