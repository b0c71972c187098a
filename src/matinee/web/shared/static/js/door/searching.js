// Finding a ticket of somebody who has no code to show: by seat, name, or its last characters.

import { text, told } from "./texts.js";
import { clockTime } from "./times.js";

const WAIT_MILLISECONDS = 250;
const WHOLE = /^[A-Za-z0-9]{16}$/;
const part = (id) => document.getElementById(id);

/** Events: `code` (detail: the ticket that was chosen, or what a hand scanner typed into the field). */
export class Searching extends EventTarget {
  constructor(sheet) {
    super();
    Object.assign(this, { sheet, screenings: () => [], round: 0, timer: 0, found: [] });
    this.field = part("search-text");
    part("search-close").addEventListener("click", () => sheet.close());
    part("search-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.enter();
    });
    this.field.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.look(), WAIT_MILLISECONDS);
    });
    // Beside the sheet is outside of it.
    sheet.addEventListener("click", (event) => event.target === sheet && sheet.close());
  }

  /** `screenings`: gives those of this door, as in its list. */
  open(screenings) {
    this.screenings = screenings;
    this.field.value = "";
    this.list([]);
    this.say("");
    this.sheet.showModal();
    this.field.focus();
  }

  close() {
    if (this.sheet.open) this.sheet.close();
  }

  async enter() {
    clearTimeout(this.timer);
    const words = this.field.value.trim();
    if (WHOLE.test(words) || words.includes("://")) return this.choose(words);
    await this.look();
    // Whoever types the end of a code and presses Enter means that ticket.
    if (this.found.length === 1) this.choose(this.found[0].ticket_id);
  }

  choose(code) {
    this.sheet.close();
    this.dispatchEvent(new CustomEvent("code", { detail: code }));
  }

  async look() {
    const round = ++this.round;
    const words = this.field.value.trim();
    if (words === "" || words.includes("://")) return this.list([]);
    this.say(text("found_searching"));
    const { found, say } = await this.ask(words);
    if (round !== this.round) return;
    this.list(found);
    this.say(say);
  }

  async ask(words) {
    const query = new URLSearchParams({ q: words, screenings: this.screenings().map((each) => each.id).join(",") });
    try {
      const response = await fetch(`${told.urls.search}?${query}`, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(5000) });
      if (!response.ok) return { found: [], say: text("found_failed") };
      const { found } = await response.json();
      const short = words.length < 3 && found.length === 0;
      return { found, say: found.length > 0 ? "" : text(short ? "found_short" : "found_none") };
    } catch {
      return { found: [], say: text("found_offline") };
    }
  }

  list(found) {
    this.found = found;
    part("found").replaceChildren(...found.map((each) => this.row(each)));
  }

  row(ticket) {
    const made = part("found-row").content.firstElementChild.cloneNode(true);
    const inRow = (name) => made.querySelector(`[data-part=${name}]`);
    const screening = this.screenings().find((each) => each.id === ticket.screening);
    inRow("seat").textContent = ticket.seat;
    inRow("name").textContent = ticket.name || ticket.order;
    inRow("screening").textContent = screening ? `${clockTime(screening.starts_at, screening.timezone)} · ${screening.film}` : "";
    const state = ticket.inside ? "inside" : ticket.unpaid ? "unpaid" : "outside";
    inRow("state").textContent = text(`found_${state}`);
    inRow("state").dataset.state = state;
    made.querySelector("button").addEventListener("click", () => this.choose(ticket.ticket_id));
    return made;
  }

  say(words) {
    part("found-say").textContent = words;
  }
}
