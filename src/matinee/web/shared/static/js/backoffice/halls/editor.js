// The editor: brings the plan, the drawing, the pointer, the keys, the panel and the server together.

import { actsOf } from "./acts.js";
import * as commands from "./commands.js";
import { Drawing } from "./drawing.js";
import { blockIn, frameOf, rectangle, unitsOf } from "./geometry.js";
import { History } from "./history.js";
import { Keyboard } from "./keyboard.js";
import { fill, looksOf, Names } from "./names.js";
import { Notes } from "./notes.js";
import { Panel } from "./panel.js";
import { chosen, faultsOf, planOf, seatAt } from "./plan.js";
import { Pointer } from "./pointer.js";
import { Saving } from "./saving.js";
import { linesOfIds, NONE, still, toggled, within } from "./selection.js";
import { Zoom } from "./zoom.js";

// Copied seats can be pasted into another hall, in this tab.
const CLIPBOARD = "matinee-hall-clipboard";
const NO_LABELS = new Set();

class Editor {
  constructor(root) {
    const config = JSON.parse(root.dataset.plan);
    const find = (name) => root.querySelector(`[data-${name}]`);
    Object.assign(this, { root, config, tool: "select", ids: NONE, marked: NO_LABELS, anchor: null });
    this.names = new Names(config);
    this.acts = actsOf(this);
    this.take(config.plan);
    this.notes = new Notes(find("notes"), find("said"), config.words);
    this.drawing = new Drawing(find("drawing"), this.names);
    this.zoom = new Zoom(find("frame"), find("drawing"));
    this.saving = new Saving(this, root);
    this.panel = new Panel(this, root);
    new Pointer(this, find("drawing"));
    new Keyboard(this, root, find("drawing"));
    this.cursor = this.firstPlace();
    this.copied = JSON.parse(sessionStorage.getItem(CLIPBOARD) ?? "null");
    this.render();
  }

  /** The plan as the server has it. */
  take(told) {
    this.version = told.version;
    this.sold = told.sold;
    this.history = new History(planOf(told));
  }

  get plan() {
    return this.tried ?? this.history.plan;
  }

  get state() {
    return { plan: this.plan, ids: this.ids, sold: this.sold, limits: this.config.limits };
  }

  chosen() {
    return chosen(this.plan, this.ids);
  }

  firstPlace() {
    const seats = this.plan.seats;
    return seats.length ? { x: seats[0].x, y: seats[0].y } : { x: 2, y: 1 };
  }

  render() {
    const { plan } = this;
    const old = this.frame;
    this.frame = frameOf(plan, this.cursor);
    this.looks = looksOf(plan);
    const frame = this.frame;
    this.zoom.resize(frame);
    // A frame that grew to the left or to the front leaves what is seen where it was.
    if (old) {
      this.zoom.frame.scrollLeft += (old.left - frame.left) * 40 * this.zoom.scale;
      this.zoom.frame.scrollTop += (old.top - frame.top) * 44 * this.zoom.scale;
    }
    const hadFocus = this.drawing.svg.contains(document.activeElement);
    this.drawing.render({ ...this.state, frame, cursor: this.cursor, looks: this.looks, faulty: faultsOf(plan), marked: this.marked });
    if (hadFocus && document.activeElement !== this.drawing.stop) this.drawing.stop.focus({ preventScroll: true });
    this.panel.render();
  }

  // The mark and what is chosen.

  moveMark(place, { focus = false } = {}) {
    this.cursor = { x: place.x, y: place.y };
    this.anchor = this.cursor;
    this.drawing.showFrame(null);
    this.framed = null;
    if (JSON.stringify(frameOf(this.plan, this.cursor)) === this.drawing.frameKey) this.drawing.moveMark(this.cursor);
    else this.render();
    if (focus) this.drawing.stop.focus({ preventScroll: true });
    this.zoom.reveal(unitsOf(this.frame, place.x, place.y));
  }

  /** Frames the places from where one began to this one. */
  extendTo(place) {
    this.anchor ??= this.cursor;
    this.cursor = place;
    this.framed = rectangle(this.anchor, place);
    this.ids = within(this.plan, this.framed);
    this.render();
    const { left, right, top, bottom } = this.framed;
    this.drawing.showFrame(this.framed, "band", `${bottom - top + 1} × ${right - left + 1}`);
    this.zoom.reveal(unitsOf(this.frame, place.x, place.y));
    this.drawing.stop.focus({ preventScroll: true });
    this.notes.say(fill(this.config.words.selected, { number: this.ids.size }));
  }

  choose(ids) {
    this.ids = ids;
    this.marked = NO_LABELS;
    this.render();
    this.notes.say(fill(this.config.words.selected, { number: ids.size }));
  }

  toggleAtMark() {
    const seat = seatAt(this.plan, this.cursor.x, this.cursor.y);
    if (seat) this.choose(toggled(this.ids, seat.id));
  }

  // Changes.

  /** Takes over what a command gave, or says why it refused. */
  apply(result) {
    if (result.refused) {
      this.notes.show(fill(this.config.words[result.refused.key], result.refused.values));
      return false;
    }
    this.tried = null;
    this.framed = null;
    this.marked = NO_LABELS;
    this.history.push(result.plan);
    this.ids = result.ids;
    this.notes.clear();
    this.drawing.showFrame(null);
    this.render();
    this.notes.say(fill(this.config.words[result.said.key], result.said.values));
    return true;
  }

  showBlock(places) {
    const { rowGap, placeGap } = this.panel.block();
    const { rows, columns } = blockIn(places, rowGap, placeGap);
    this.drawing.showFrame(places, "block", `${rows} × ${columns}`);
  }

  drawBlockIn(places) {
    const { rowGap, placeGap } = this.panel.block();
    const { rows, columns } = blockIn(places, rowGap, placeGap);
    this.apply(commands.drawBlock(this.state, { x: places.left, y: places.top, rows, places: columns, rowGap, placeGap }));
  }

  drawBlockAtMark() {
    this.apply(commands.drawBlock(this.state, { ...this.cursor, ...this.panel.block() }));
  }

  /** Enter on the plan: seats in the frame, or one at the mark. */
  drawAtMark() {
    this.drawBlockIn(this.framed ?? rectangle(this.cursor, this.cursor));
  }

  moveBy(dx, dy, { markToo = false } = {}) {
    if (!dx && !dy) return;
    if (this.apply(commands.move(this.state, dx, dy)) && markToo) this.moveMark({ x: this.cursor.x + dx, y: this.cursor.y + dy }, { focus: true });
  }

  linesMeant() {
    return this.panel.onlyChosenRows() && this.ids.size ? linesOfIds(this.plan, this.ids) : null;
  }

  makeAisle({ x, y }) {
    if (x !== undefined) this.apply(commands.aisleLeft(this.state, x, this.linesMeant()));
    else this.apply(commands.aisleInFront(this.state, y));
  }

  tryCurve(value) {
    this.tried = { ...this.history.plan, curve: value };
    this.render();
  }

  takeUp(tool) {
    this.tool = tool;
    this.root.dataset.tool = tool;
    this.drawing.showFrame(null);
    this.render();
  }

  step(back) {
    if (back ? !this.history.canUndo : !this.history.canRedo) return;
    this.tried = null;
    if (back) this.history.undo();
    else this.history.redo();
    this.ids = still(this.plan, this.ids);
    this.drawing.showFrame(null);
    this.render();
    this.notes.say(this.config.words[back ? "undone" : "redone"]);
  }

  copy() {
    const copied = commands.copy(this.state);
    if (!copied) return;
    this.copied = copied;
    sessionStorage.setItem(CLIPBOARD, JSON.stringify(copied));
    this.render();
    this.notes.say(fill(this.config.words.copied, { number: copied.length }));
  }

  /** Does what a button or a key says. */
  act(name, value) {
    this.acts[name]?.(value);
  }

  escape() {
    this.notes.clear();
    this.drawing.showFrame(null);
    this.framed = null;
    this.takeUp("select");
    this.choose(NONE);
    this.drawing.stop.focus({ preventScroll: true });
  }
}

const root = document.querySelector("[data-plan]");
if (root) new Editor(root);
