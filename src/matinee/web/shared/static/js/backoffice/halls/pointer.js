// The pointer on the plan: choosing, framing, moving, drawing blocks, making aisles.

import { placeOf, pointOf, rectangle } from "./geometry.js";
import { inLines, toggled, within, both, NONE } from "./selection.js";
import { seatAt } from "./plan.js";

const CLICK_PIXELS = 5;

export class Pointer {
  constructor(editor, svg) {
    Object.assign(this, { editor, svg });
    svg.addEventListener("pointerdown", (event) => this.onDown(event));
    svg.addEventListener("pointermove", (event) => this.onMove(event));
    svg.addEventListener("pointerup", (event) => this.onUp(event));
    svg.addEventListener("pointercancel", () => this.stop());
    svg.addEventListener("pointerleave", () => !this.drag && editor.drawing.showAisle(null));
  }

  /** The point of an event in units of the drawing. */
  units(event) {
    const box = this.svg.getBoundingClientRect();
    const scale = this.editor.frame.width / box.width;
    return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
  }

  place(event) {
    return placeOf(this.editor.frame, ...this.units(event));
  }

  onDown(event) {
    if (event.button !== 0) return;
    const { editor } = this;
    const letter = event.target.closest(".plan-row");
    const place = this.place(event);
    const seat = seatAt(editor.plan, place.x, place.y);
    this.drag = { place, seat, letter, x: event.clientX, y: event.clientY, isFar: false };
    // One finger scrolls the plan, but for drawing.
    this.drag.mayDrag = editor.tool === "block" || event.pointerType !== "touch";
    if (this.drag.mayDrag) this.svg.setPointerCapture(event.pointerId);
    if (editor.tool !== "aisle" && !letter) editor.moveMark(place, { focus: true });
    event.preventDefault();
  }

  onMove(event) {
    const { editor, drag } = this;
    if (!drag) {
      if (editor.tool === "aisle") editor.drawing.showAisle(this.aisle(event));
      return;
    }
    drag.isFar ||= Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > CLICK_PIXELS;
    if (!drag.isFar || !drag.mayDrag) return;
    const places = rectangle(drag.place, this.place(event));
    if (editor.tool === "block") editor.showBlock(places);
    else if (editor.tool === "select" && this.movesSeats()) this.showMove(this.place(event));
    else if (editor.tool === "select") editor.drawing.showFrame(places, "band");
  }

  onUp(event) {
    const { editor, drag } = this;
    this.stop();
    if (!drag) return;
    this.drag = drag;
    const place = this.place(event);
    if (editor.tool === "aisle") editor.makeAisle(this.aisle(event));
    else if (editor.tool === "block") editor.drawBlockIn(rectangle(drag.place, drag.isFar ? place : drag.place));
    else if (!drag.isFar) this.click(event, drag);
    else if (drag.mayDrag && this.movesSeats()) editor.moveBy(place.x - drag.place.x, place.y - drag.place.y);
    else if (drag.mayDrag) this.choose(event, within(editor.plan, rectangle(drag.place, place)));
    this.drag = null;
  }

  stop() {
    this.drag = null;
    this.editor.drawing.showFrame(null);
  }

  /** A drag that begins on a chosen seat moves what is chosen. */
  movesSeats() {
    return this.drag.seat !== undefined && this.editor.ids.has(this.drag.seat.id);
  }

  showMove(place) {
    const { editor, drag } = this;
    const seats = editor.chosen();
    const [dx, dy] = [place.x - drag.place.x, place.y - drag.place.y];
    const corners = rectangle(
      { x: Math.min(...seats.map((seat) => seat.x)) + dx, y: Math.min(...seats.map((seat) => seat.y)) + dy },
      { x: Math.max(...seats.map((seat) => seat.x)) + dx, y: Math.max(...seats.map((seat) => seat.y)) + dy },
    );
    editor.drawing.showFrame(corners, "block");
  }

  click(event, { letter, seat, place }) {
    const { editor } = this;
    if (letter) this.choose(event, inLines(editor.plan, new Set([Number(letter.dataset.row)])));
    else if (event.shiftKey && editor.anchor) this.choose(event, within(editor.plan, rectangle(editor.anchor, place)));
    else if (seat && (event.ctrlKey || event.metaKey || event.pointerType === "touch")) editor.choose(toggled(editor.ids, seat.id));
    else editor.choose(seat ? new Set([seat.id]) : NONE);
    if (!event.shiftKey) editor.anchor = place;
  }

  choose(event, ids) {
    const adds = event.shiftKey || event.ctrlKey || event.metaKey;
    this.editor.choose(adds ? both(this.editor.ids, ids) : ids);
  }

  /** The edge between places that is nearest: left of a column, or in front of a line. */
  aisle(event) {
    const { x, y } = pointOf(this.editor.frame, ...this.units(event));
    const [column, line] = [Math.round(x), Math.round(y)];
    return Math.abs(x - column) <= Math.abs(y - line) ? { x: column } : { y: line };
  }
}
