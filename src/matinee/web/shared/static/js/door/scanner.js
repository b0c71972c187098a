// From a code to an answer on the page, one after the other. Marks in the browser's timeline say how long each took.

import { InView } from "./in_view.js";

// What a camera reads replaces an answer only after somebody could see it.
const CAMERA_WAITS = 600;
const WAITING_MAX = 20;
const MEASURES_MAX = 500;
const NAMES = ["door:decode", "door:answer", "door:answer-after", "door:seen-after"];

/** What is read and pressed goes to the engine, what it says to the panel. */
export class Scanner {
  constructor({ answers, failed, settled }) {
    Object.assign(this, { answers, failed, settled, engine: null, view: new InView(), busy: false, waiting: [], free: 0, last: null });
  }

  /** Whether what a camera reads is dealt with now. */
  get isFree() {
    return this.engine !== null && !this.busy && performance.now() >= this.free;
  }

  /** Codes that the camera has in view. */
  see(codes) {
    if (!this.isFree) return;
    const code = this.view.fresh(codes);
    if (code === null) return;
    this.view.take(code);
    this.scan(code);
  }

  /** A code that was scanned by hand, or chosen. One that comes while another is dealt with waits for its turn. */
  scan(code, deed = "scan") {
    if (!this.engine) return;
    if (this.busy) {
      if (this.waiting.length < WAITING_MAX) this.waiting.push([code, deed, performance.now()]);
      return;
    }
    this.deal(code, deed, performance.now());
  }

  letIn(code) {
    this.scan(code, "let_in");
  }

  undo() {
    this.scan("", "undo");
  }

  /** Shows the last answer once more. */
  again() {
    if (this.last) this.answers.show(this.last.answer, { ...this.last, quiet: true });
  }

  async deal(code, deed, began) {
    this.busy = true;
    try {
      const { engine } = this;
      const answer = await (deed === "undo" ? engine.undo() : deed === "let_in" ? engine.letIn(code) : engine.scan(code));
      this.last = { answer, code, now: new Date().toISOString() };
      this.answers.show(answer, this.last);
      measure(began, answer);
      this.settled(answer);
    } catch (error) {
      this.failed(error);
    }
    this.free = performance.now() + CAMERA_WAITS;
    this.busy = false;
    const next = this.waiting.shift();
    if (next) this.deal(...next);
  }
}

function measure(began, answer) {
  // One evening is long, and nobody looks at most of them.
  if (performance.getEntriesByName("door:answer-after").length >= MEASURES_MAX) {
    for (const clear of ["clearMarks", "clearMeasures"]) for (const name of NAMES) performance[clear](name);
  }
  const detail = { result: answer.result, offline: Boolean(answer.offline) };
  performance.mark("door:decode", { startTime: began });
  performance.mark("door:answer", { detail });
  performance.measure("door:answer-after", { start: began, end: performance.now(), detail });
  // The next picture of the screen has it; what comes after that frame was begun.
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      performance.measure("door:seen-after", { start: began, end: performance.now(), detail });
      port1.close();
    };
    port2.postMessage(null);
  });
}
