// Who came in with a ticket that should not have let in, as it turned out when the network was back. Told, but never over an
// answer: somebody might take it for what was just scanned.

import { signal } from "./signals.js";
import { text } from "./texts.js";

const part = (id) => document.getElementById(id);

export class Conflicts {
  constructor(answers) {
    Object.assign(this, { answers, engine: null });
    part("conflicts-show").addEventListener("click", () => this.open());
  }

  watch(engine) {
    this.engine = engine;
    this.show();
  }

  /** One more. */
  come() {
    signal("conflict");
    this.show();
  }

  show() {
    const count = this.engine?.conflicts().length ?? 0;
    part("conflicts").hidden = count === 0;
    if (count > 0) part("conflicts-words").textContent = text("conflicts", { count });
  }

  /** The first, which has been seen with that. */
  async open() {
    const [first] = this.engine.conflicts();
    if (!first) return;
    this.answers.show({ ...first.answer, result: "conflict" }, { now: new Date().toISOString() });
    await this.engine.dismissConflict(first.sequence);
    this.show();
  }
}
