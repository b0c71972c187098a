// Which door this is, and which screenings are behind it. Remembered, and asked again when another evening begins.

import { keep, kept } from "./kept.js";
import { text, told } from "./texts.js";
import { clockTime, otherDay } from "./times.js";

const NAME_CHARACTERS_MAX = 40;
// What began longer ago than this is rarely what somebody stands at the door for.
const LATE_MILLISECONDS = 30 * 60_000;
const AGAIN_MILLISECONDS = 3000;
const part = (id) => document.getElementById(id);

/** Events: `chosen` (detail: {door, screenings}), `back`. */
export class Choosing extends EventTarget {
  constructor(form) {
    super();
    this.form = form;
    this.halls = new Map();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.choose();
    });
    part("choosing-back").addEventListener("click", () => this.dispatchEvent(new CustomEvent("back")));
  }

  /** What was chosen here before and still runs; null where there is nothing, or it is over. Without a network: as it was. */
  async remembered() {
    const before = kept("choice");
    if (!before?.screenings?.length) return null;
    try {
      const there = new Set((await this.read()).screenings.map((each) => each.id));
      const screenings = before.screenings.filter((id) => there.has(id));
      return screenings.length > 0 ? { ...before, screenings } : null;
    } catch {
      return before;
    }
  }

  /** Show what there is to choose. `current`: what is chosen now, to go back to. */
  async show(current = null) {
    this.form.hidden = false;
    part("choosing-back").hidden = !current;
    const before = current ?? kept("choice") ?? {};
    part("door-name").value = before.door ?? "";
    part("choosing-loading").hidden = false;
    await this.load(new Set(before.screenings ?? []));
  }

  /** The screenings; tried again and again while nobody can choose. */
  async load(before) {
    clearTimeout(this.timer);
    try {
      const { now, screenings } = await this.read();
      this.fault("");
      this.list(screenings, now, before);
      part("choosing-loading").hidden = true;
    } catch {
      this.fault(text("choose_failed"));
      this.timer = setTimeout(() => this.load(before), AGAIN_MILLISECONDS);
    }
  }

  hide() {
    clearTimeout(this.timer);
    this.form.hidden = true;
  }

  async read() {
    const response = await fetch(told.urls.screenings, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(4000) });
    if (!response.ok) throw new Error(String(response.status));
    return response.json();
  }

  list(screenings, now, before) {
    const several = new Set(screenings.map((each) => each.cinema)).size > 1;
    part("choosing-none").hidden = screenings.length > 0;
    this.halls = new Map(screenings.map((each) => [each.id, each.hall]));
    part("choices").replaceChildren(...screenings.map((each) => row(each, now, before.has(each.id), several)));
    const soon = screenings.findIndex((each) => before.has(each.id) || Date.parse(each.starts_at) > Date.parse(now) - LATE_MILLISECONDS);
    part("choices").children[Math.max(soon, 0)]?.scrollIntoView({ block: "center" });
  }

  choose() {
    const screenings = [...this.form.querySelectorAll("input[name=screening]:checked")].map((box) => Number(box.value));
    if (screenings.length === 0) return this.fault(text("choose_one"));
    const halls = [...new Set(screenings.map((id) => this.halls.get(id)))].join(", ");
    const choice = { door: part("door-name").value.trim() || halls.slice(0, NAME_CHARACTERS_MAX), screenings };
    keep("choice", choice);
    this.dispatchEvent(new CustomEvent("chosen", { detail: choice }));
  }

  fault(words) {
    part("choosing-fault").textContent = words;
    part("choosing-fault").hidden = words === "";
  }
}

function row(screening, now, checked, several) {
  const made = part("choice-row").content.firstElementChild.cloneNode(true);
  const inRow = (name) => made.querySelector(`[data-part=${name}]`);
  Object.assign(made.querySelector("input"), { value: screening.id, checked });
  inRow("time").textContent = clockTime(screening.starts_at, screening.timezone);
  inRow("film").textContent = screening.film;
  const day = otherDay(screening.starts_at, now, screening.timezone);
  inRow("where").textContent = [screening.hall, several && screening.cinema, day].filter(Boolean).join(" · ");
  inRow("count").textContent = `${screening.inside} / ${screening.tickets}`;
  inRow("count").setAttribute("aria-label", text("count_aloud", screening));
  inRow("cancelled").hidden = !screening.cancelled;
  return made;
}
