// The answer: it fills the screen, and is told by colour, shape, word, sound and tremble. It goes by itself, or for the next.

import { wordsOf } from "./answer_words.js";
import { signal } from "./signals.js";
import { told } from "./texts.js";

const STAYS = { welcome: 2500, careful: 5000, undone: 2500, nothing_to_undo: 2500, unpaid: 20000, conflict: 12000, unavailable: 6000 };
const STAYS_OTHERWISE = 6000;
const part = (name) => document.getElementById(`answer-${name}`);

/** Events: `undo`, `let_in` (detail: the answer), `gone`. */
export class AnswerPanel extends EventTarget {
  constructor(panel, behind) {
    super();
    Object.assign(this, { panel, behind, shown: null, timer: 0 });
    part("next").addEventListener("click", () => this.hide());
    part("undo").addEventListener("click", () => this.ask("undo"));
    part("let-in").addEventListener("click", () => this.ask("let_in"));
    part("said").addEventListener("click", () => this.hide());
    window.addEventListener("keydown", (event) => event.key === "Escape" && this.hide());
    // Whoever is about to press something is left the time.
    for (const name of ["focusin", "pointerdown"]) part("deeds").addEventListener(name, () => this.plan());
  }

  /** Show it at once. `code`: what was scanned; `now`: the moment at the cinema. */
  show(answer, { code = "", now = null, quiet = false } = {}) {
    const said = wordsOf(answer, now);
    this.shown = { answer, code, kind: said.kind };
    this.panel.dataset.answer = said.kind;
    part("icon").setAttribute("href", `#icon-${said.kind}`);
    for (const name of ["word", "seat", "type", "warning", "alone"]) fill(part(name), said[name]);
    part("lines").replaceChildren(...said.lines.map((line) => Object.assign(document.createElement("p"), { textContent: line })));
    this.offer(answer, code);
    this.panel.hidden = false;
    this.behind.inert = true;
    document.documentElement.classList.add("answering");
    // The same sentence twice is told twice.
    part("aloud").textContent = "";
    part("aloud").append(said.aloud);
    if (!quiet) signal(said.kind);
    this.restart();
    this.plan();
  }

  offer(answer, code) {
    const unpaid = answer.result === "unpaid";
    part("undo").hidden = answer.result !== "welcome";
    part("let-in").hidden = !(unpaid && told.may.let_in && code);
    const pay = part("pay");
    pay.hidden = !(unpaid && told.may.sell && answer.order);
    if (!pay.hidden) pay.href = told.urls.order.replace("CODE", encodeURIComponent(answer.order));
  }

  ask(deed) {
    const { shown } = this;
    if (!shown) return;
    this.hide();
    this.dispatchEvent(new CustomEvent(deed, { detail: shown }));
  }

  plan() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.hide(), STAYS[this.shown?.kind] ?? STAYS_OTHERWISE);
  }

  restart() {
    // Two answers of one kind look as two: what moves begins anew.
    for (const motion of this.panel.getAnimations({ subtree: true })) motion.currentTime = 0;
  }

  hide() {
    clearTimeout(this.timer);
    if (this.panel.hidden) return;
    this.panel.hidden = true;
    this.behind.inert = false;
    this.shown = null;
    document.documentElement.classList.remove("answering");
    this.dispatchEvent(new CustomEvent("gone"));
  }
}

function fill(element, words) {
  element.textContent = words;
  element.hidden = words === "";
}
