// The keys: on the plan those that move and choose, everywhere but in fields those that do something.

import { bounds, inPlanOrder, seatAt } from "./plan.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const PAGE_LINES = 5;
const ACTS = {
  v: "select", b: "block", a: "aisle", r: "row", n: "open-number", p: "pair", z: "open-zone", g: "aisle-left", delete: "delete", backspace: "delete",
  escape: "escape", "+": "in", "=": "in", "-": "out", "0": "fit", h: "house", x: "broken", s: "for-sale",
};
const WITH_CONTROL = { z: "undo", y: "redo", c: "copy", v: "paste", a: "all", s: "save" };
const KINDS = { 1: "standard", 2: "premium", 3: "sofa", 4: "wheelchair", 5: "companion" };

export class Keyboard {
  constructor(editor, root, svg) {
    this.editor = editor;
    svg.addEventListener("keydown", (event) => this.onPlan(event));
    root.addEventListener("keydown", (event) => this.onPage(event));
    document.addEventListener("keydown", (event) => this.save(event));
  }

  save(event) {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      this.editor.act("save");
    }
  }

  onPage(event) {
    if (event.defaultPrevented || event.target.closest("input:not([type=checkbox], [type=range]), select, textarea")) return;
    const key = event.key.toLowerCase();
    const act = this.actOf(event, key);
    if (!act || (event.target.matches("button, summary, [type=range], [type=checkbox]") && key.length > 1 && key !== "delete" && key !== "escape")) return;
    event.preventDefault();
    this.editor.act(...act);
  }

  actOf(event, key) {
    if (event.altKey) return null;
    if (event.ctrlKey || event.metaKey) {
      if (key === "z" && event.shiftKey) return ["redo"];
      return WITH_CONTROL[key] && key !== "s" ? [WITH_CONTROL[key]] : null;
    }
    if (KINDS[key]) return ["kind", KINDS[key]];
    if (key === "g" && event.shiftKey) return ["aisle-front"];
    return ACTS[key] ? [ACTS[key]] : null;
  }

  onPlan(event) {
    const { editor } = this;
    const step = ARROWS[event.key];
    if (step && event.altKey) editor.moveBy(...step, { markToo: true });
    else if (step && event.shiftKey) editor.extendTo(this.stepped(step));
    else if (step && (event.ctrlKey || event.metaKey)) editor.moveMark(this.nextSeat(step), { focus: true });
    else if (step) editor.moveMark(this.stepped(step), { focus: true });
    else if (event.key === " ") editor.toggleAtMark();
    else if (event.key === "Enter") editor.drawAtMark();
    else {
      const place = this.far(event);
      if (!place) return;
      editor.moveMark(place, { focus: true });
    }
    event.preventDefault();
  }

  stepped([dx, dy]) {
    const { x, y } = this.editor.cursor;
    return { x: x + dx, y: y + dy };
  }

  /** The next seat in a direction; the place beside where there is none. */
  nextSeat([dx, dy]) {
    const { plan, cursor } = this.editor;
    const { left, right, top, bottom } = bounds(plan.seats);
    for (let { x, y } = this.stepped([dx, dy]); x >= left && x <= right && y >= top && y <= bottom; x += dx, y += dy) {
      if (seatAt(plan, x, y)) return { x, y };
    }
    return dy ? this.nearestInNextLine(dy) ?? cursor : cursor;
  }

  nearestInNextLine(dy) {
    const { plan, cursor } = this.editor;
    const beyond = plan.seats.filter((seat) => (seat.y - cursor.y) * dy > 0);
    return beyond.sort((one, other) => Math.abs(one.y - cursor.y) - Math.abs(other.y - cursor.y) || Math.abs(one.x - cursor.x) - Math.abs(other.x - cursor.x))[0];
  }

  far(event) {
    const { plan, cursor } = this.editor;
    const ordered = [...plan.seats].sort(inPlanOrder);
    const inLine = ordered.filter((seat) => seat.y === cursor.y);
    switch (event.key) {
      case "Home": return (event.ctrlKey ? ordered : inLine)[0] ?? { x: 0, y: cursor.y };
      case "End": return (event.ctrlKey ? ordered : inLine).at(-1) ?? cursor;
      case "PageUp": return { x: cursor.x, y: cursor.y - PAGE_LINES };
      case "PageDown": return { x: cursor.x, y: cursor.y + PAGE_LINES };
      default: return null;
    }
  }
}
