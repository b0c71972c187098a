// How long the seats are kept, by the server's clock.

import { timeLeft } from "../time_left.js";

export class Countdown {
  /** `warned()` is called once when the time is nearly over, `ended()` when it is. */
  constructor(panel, { warned, ended }) {
    Object.assign(this, { panel, warned, ended, hold: null });
    setInterval(() => this.tick(), 1000);
  }

  /** `clockOffset`: the server's clock less ours, in milliseconds. */
  start(hold, clockOffset) {
    const isNew = hold?.expires_at !== this.hold?.expires_at;
    this.hold = hold;
    this.clockOffset = clockOffset;
    if (isNew) this.wasWarned = false;
    this.tick();
  }

  tick() {
    if (!this.hold) {
      this.panel.classList.remove("is-nearly-over");
      return;
    }
    const now = Date.now() + this.clockOffset;
    const left = this.hold.expires_at - now;
    const text = timeLeft(left);
    for (const element of this.panel.querySelectorAll("[data-left]")) {
      if (element.textContent !== text) element.textContent = text;
    }
    const isNearlyOver = now >= this.hold.warn_at;
    this.panel.classList.toggle("is-nearly-over", isNearlyOver);
    if (left <= 0) {
      this.hold = null;
      this.ended();
    } else if (isNearlyOver && !this.wasWarned) {
      this.wasWarned = true;
      this.warned();
    }
  }
}
