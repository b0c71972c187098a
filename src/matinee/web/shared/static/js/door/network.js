// Whether there is a network, what waits to be settled, how old the list is, and whether one is still signed in.

import { text } from "./texts.js";

const OLD_SECONDS = 120;
const part = (id) => document.getElementById(id);

/** Shows how the engine is, and again whenever it says so. */
export class Network {
  constructor(now = Date.now) {
    this.now = now;
    this.engine = null;
    this.wasOnline = true;
    setInterval(() => this.show(), 1000);
  }

  watch(engine) {
    this.engine = engine;
    this.wasOnline = engine.state.online;
    engine.addEventListener("state", () => this.show());
    this.show();
  }

  show() {
    const { engine } = this;
    if (!engine) return;
    const { online, signedOut, elsewhere, durable, waiting, lastList } = engine.state;
    const age = lastList === null ? null : Math.max(0, Math.round((this.now() - lastList) / 1000));
    part("network").dataset.network = online ? "online" : "offline";
    set(part("network-word"), text(online ? "online" : signedOut ? "signed_out" : "offline"));
    set(part("network-waiting"), waiting > 0 ? text("waiting", { count: waiting }) : "");
    set(part("network-list"), age === null ? text("list_none") : text("list_age", { age: ageText(age) }));
    part("network-list").classList.toggle("is-old", age === null || age > OLD_SECONDS);
    part("signed-out").hidden = !signedOut;
    part("alone").hidden = online || signedOut;
    part("keeps-nothing").hidden = durable;
    part("elsewhere").hidden = !elsewhere;
    if (online !== this.wasOnline) set(part("network-aloud"), text(online ? "online_aloud" : "offline_aloud"));
    this.wasOnline = online;
  }
}

function ageText(seconds) {
  if (seconds < 60) return text("seconds", { count: seconds });
  if (seconds < 3600) return text("minutes", { count: Math.floor(seconds / 60) });
  return text("hours", { count: Math.floor(seconds / 3600) });
}

function set(element, words) {
  if (element.textContent !== words) element.textContent = words;
}
