// What a seat is drawn of: its shape by kind, what is printed on it, the pattern of its zone, and its badges.

import { element, shown } from "./svg.js";

export function seatParts(seat, look, { sold, isFocus }) {
  const parts = [element("use", { href: `#k-${seat.kind}` })];
  if (seat.kind === "wheelchair" || seat.kind === "companion") parts.push(element("use", { class: "i", href: `#i-${seat.kind}` }));
  else parts.push(shown(element("text"), seat.place || seat.label || "?"));
  if (look) parts.push(element("use", { class: "z", href: `#z${look}` }));
  if (seat.held) parts.push(element("use", { class: `badge badge-${seat.held}`, href: `#b-${seat.held}`, x: 12, y: -12 }));
  if (sold) parts.push(element("use", { class: "badge badge-sold", href: "#b-sold", x: -12, y: -12 }));
  if (isFocus) parts.push(element("use", { class: "badge badge-focus", href: "#b-focus", x: 0, y: 15 }));
  return parts;
}
