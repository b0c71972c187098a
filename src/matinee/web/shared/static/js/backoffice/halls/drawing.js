// The plan as SVG: an ARIA grid whose rows are the lines and whose cells are the seats, and one cell for the empty place that
// the mark is on. Only what differs is touched.

import { hang, isWithin, unitsOf } from "./geometry.js";
import { fill } from "./names.js";
import { pairsOf } from "./pairs.js";
import { bounds, inPlanOrder, seatAt } from "./plan.js";
import { rowLetters } from "./row_letters.js";
import { seatParts } from "./seat_parts.js";
import { element, set, shown } from "./svg.js";

export class Drawing {
  constructor(svg, names) {
    this.svg = svg;
    this.names = names;
    this.seats = new Map();
    this.lines = new Map();
    this.back = svg.appendChild(element("g", { class: "plan-back", "aria-hidden": "true" }));
    this.cells = svg.appendChild(element("g", { role: "rowgroup" }));
    this.emptyRow = this.cells.appendChild(element("g", { role: "row" }));
    this.emptyCell = this.emptyRow.appendChild(element("g", { role: "gridcell", class: "empty-place" }));
    this.emptyCell.append(element("rect", { x: -17, y: -17, width: 34, height: 34, rx: 8 }));
    this.front = svg.appendChild(element("g", { class: "plan-front", "aria-hidden": "true" }));
  }

  /** Draws the state: { plan, ids, cursor, frame, sold, looks, faulty, marked }. */
  render(state) {
    const { frame, plan } = state;
    this.state = state;
    this.frameKey = JSON.stringify(frame);
    set(this.svg, { viewBox: `0 0 ${frame.width} ${frame.height}` });
    if (this.pairedSeats !== plan.seats) this.pairs = pairsOf(plan.seats);
    this.pairedSeats = plan.seats;
    this.drawBack();
    this.drawSeats();
    this.placeMark();
  }

  /** The mark alone is elsewhere, within the same frame. */
  moveMark(cursor) {
    this.state = { ...this.state, cursor };
    this.placeMark();
  }

  drawBack() {
    const { frame, plan } = this.state;
    // Hovering and choosing change nothing of it.
    if (this.drawnPlan === plan.seats && this.drawnFrame === this.frameKey) return;
    this.drawnPlan = plan.seats;
    this.drawnFrame = this.frameKey;
    const byId = new Map(plan.seats.map((seat) => [seat.id, seat]));
    this.back.replaceChildren(this.screen(), ...this.guides(), ...this.pairLines(byId), ...rowLetters(plan, frame, this.names.words));
  }

  screen() {
    const { frame, plan } = this.state;
    const seats = bounds(plan.seats);
    const [from, to] = seats.empty ? [frame.left + 2, frame.right - 2] : [seats.left, seats.right];
    const [left, right] = [unitsOf(frame, from, frame.top).x - 16, unitsOf(frame, to, frame.top).x + 16];
    const middle = (left + right) / 2;
    const group = element("g");
    group.append(
      element("path", { class: "screen", d: `M${left} 36Q${middle} 12 ${right} 36` }),
      shown(element("text", { class: "screen-word", x: middle, y: 54 }), this.names.words.screen),
    );
    return group;
  }

  /** A dot for each place that is empty, so that one sees where seats could be. */
  guides() {
    const { frame } = this.state;
    const lines = [];
    for (let y = frame.top; y <= frame.bottom; y += 1) {
      let d = "";
      for (let x = frame.left; x <= frame.right; x += 1) {
        const { x: ux, y: uy } = unitsOf(frame, x, y);
        d += `M${ux} ${uy}h.01`;
      }
      lines.push(element("path", { class: "plan-dots", d }));
    }
    return lines;
  }

  pairLines(byId) {
    const { frame } = this.state;
    return [...this.pairs].map(([companion, wheelchair]) => {
      const [one, other] = [byId.get(companion), byId.get(wheelchair)].map((seat) => unitsOf(frame, seat.x, seat.y));
      return element("path", { class: "plan-pair", d: `M${one.x} ${one.y}L${other.x} ${other.y}` });
    });
  }

  drawSeats() {
    const { plan } = this.state;
    const there = new Set();
    const rows = new Map();
    for (const seat of plan.seats) {
      there.add(seat.id);
      if (!rows.has(seat.y)) rows.set(seat.y, []);
      rows.get(seat.y).push(seat);
    }
    for (const [id, { cell }] of this.seats) {
      if (there.has(id)) continue;
      cell.remove();
      this.seats.delete(id);
    }
    for (const [y, { row }] of this.lines) {
      if (rows.has(y)) continue;
      row.remove();
      this.lines.delete(y);
    }
    for (const [y, seats] of [...rows].sort(([one], [other]) => one - other)) this.drawLine(y, seats.sort(inPlanOrder));
  }

  drawLine(y, seats) {
    let line = this.lines.get(y);
    if (!line) {
      line = { row: element("g", { role: "row" }), order: "" };
      const next = [...this.lines.keys()].filter((other) => other > y).sort((one, other) => one - other)[0];
      this.cells.insertBefore(line.row, next === undefined ? this.emptyRow : this.lines.get(next).row);
      this.lines.set(y, line);
    }
    const words = this.names.words;
    const row = seats.find((seat) => seat.row)?.row;
    set(line.row, { "aria-label": row ? fill(words.line, { row }) : fill(words.line_without_row, { line: y + 1 }) });
    for (const seat of seats) this.drawSeat(seat);
    const order = seats.map((seat) => seat.id).join();
    if (line.order !== order || line.row.childElementCount !== seats.length) line.row.append(...seats.map((seat) => this.seats.get(seat.id).cell));
    line.order = order;
  }

  drawSeat(seat) {
    const { frame, ids, sold, looks, plan, faulty, marked } = this.state;
    const drawn = this.seats.get(seat.id) ?? { cell: element("g", { role: "gridcell", class: "seat", tabindex: "-1" }), look: "" };
    this.seats.set(seat.id, drawn);
    const facts = { sold: Boolean(sold[seat.label]), isFocus: plan.focus === seat.id, wheelchair: this.wheelchairOf(seat) };
    const isFaulty = faulty.unnamed.has(seat.id) || faulty.same.includes(seat.label);
    const isChosen = ids.has(seat.id);
    const look = [seat.kind, seat.place || seat.label, looks.get(seat.zone), seat.held, facts.sold, facts.isFocus].join("|");
    const all = [look, isFaulty, isChosen, marked.has(seat.label), facts.wheelchair?.label, this.frameKey].join("|");
    // Most seats are as they were.
    if (drawn.seat === seat && drawn.all === all) return;
    if (drawn.look !== look) drawn.cell.replaceChildren(...seatParts(seat, looks.get(seat.zone), facts));
    Object.assign(drawn, { look, all, seat });
    const { x, y } = unitsOf(frame, seat.x, seat.y);
    set(drawn.cell, {
      "data-n": seat.label, "data-id": seat.id, "data-k": seat.kind === "standard" ? null : seat.kind, "data-z": looks.get(seat.zone) || null,
      "data-held": seat.held || null, "data-sold": facts.sold ? "" : null, "data-faulty": isFaulty ? "" : null,
      "data-marked": marked.has(seat.label) ? "" : null, "aria-selected": String(isChosen),
      "aria-label": this.names.nameOf(seat, facts), transform: `translate(${x} ${y})`,
    });
  }

  wheelchairOf(seat) {
    const id = this.pairs.get(seat.id);
    return id === undefined ? undefined : this.state.plan.seats.find((other) => other.id === id);
  }

  /** The one cell that Tab reaches: the seat at the mark, or the empty place there. */
  placeMark() {
    const { cursor, frame, plan } = this.state;
    const seat = seatAt(plan, cursor.x, cursor.y);
    const cell = seat ? this.seats.get(seat.id).cell : this.emptyCell;
    if (this.stop !== cell) {
      this.stop?.setAttribute("tabindex", "-1");
      this.stop?.classList.remove("is-mark");
      cell.setAttribute("tabindex", "0");
      cell.classList.add("is-mark");
    }
    this.stop = cell;
    const { x, y } = unitsOf(frame, cursor.x, cursor.y);
    set(this.emptyCell, { transform: `translate(${x} ${y})`, "aria-label": this.names.emptyName(cursor), "aria-hidden": seat ? "true" : null });
    set(this.emptyRow, { "aria-hidden": seat ? "true" : null });
  }

  /** A frame round places; null takes it away. `word` stands in its corner. */
  showFrame(places, kind, word = "") {
    this.front.replaceChildren();
    if (!places) return;
    const { frame } = this.state;
    const [one, other] = [unitsOf(frame, places.left, places.top), unitsOf(frame, places.right, places.bottom)];
    const top = one.y - hang(frame, places.left) + Math.min(hang(frame, places.left), hang(frame, places.right));
    const bottom = other.y - hang(frame, places.right) + this.deepest(places);
    const box = { x: one.x - 20, y: top - 22, width: other.x - one.x + 40, height: bottom - top + 44 };
    this.front.append(element("rect", { class: `plan-${kind}`, rx: 8, ...box }));
    if (word) this.front.append(shown(element("text", { class: "plan-size", x: box.x + box.width / 2, y: box.y + box.height / 2 }), word));
  }

  deepest(places) {
    const { frame } = this.state;
    const columns = [places.left, places.right, Math.round(frame.middle)].filter((x) => isWithin({ x, y: places.top }, places));
    return Math.max(...columns.map((x) => hang(frame, x)));
  }

  /** Where an aisle would be: left of a column, or in front of a line; null takes it away. */
  showAisle(aisle) {
    this.front.replaceChildren();
    if (!aisle) return;
    const { frame } = this.state;
    const at = unitsOf(frame, aisle.x ?? frame.left, aisle.y ?? frame.top);
    const end = unitsOf(frame, frame.right, frame.bottom);
    const d = aisle.x !== undefined ? `M${at.x - 20} ${unitsOf(frame, aisle.x, frame.top).y - 30}V${end.y + 22}` : `M${at.x - 20} ${at.y - 22}H${end.x + 20}`;
    this.front.append(element("path", { class: "plan-aisle", d }));
  }
}
