// Steps go to the server, which has the last word; then the board is read anew. The last one can be taken back.

export class Steps {
  constructor(board, words, { onRefused }) {
    this.board = board;
    this.words = words;
    this.onRefused = onRefused;
    this.undo = null;
    this.bar = document.getElementById("week-undo");
    document.getElementById("week-undo-button").addEventListener("click", () => this.takeBack());
    document.getElementById("week-undo-close").addEventListener("click", () => this.offer(null));
  }

  // Send fields to an address. `told` is called with what was refused; `done` when it was done, before the board is read
  // anew: what lies over the page must be gone before something on it gets the focus, on `focus` where nothing else is meant.
  async send(url, fields, { told, done, focus } = {}) {
    const say = told ?? ((text) => this.tell(text, true));
    if (this.busy) return;
    this.busy = true;
    document.body.classList.add("is-busy");
    try {
      const answer = await this.ask(url, fields);
      if (answer.lead) {
        location.assign(answer.lead);
        return;
      }
      if (answer.refused) {
        this.onRefused(answer);
        return;
      }
      if (!answer.ok) {
        say(answer.message ?? this.words.say("sayFailed"));
        return;
      }
      done?.();
      this.offer(answer.undo);
      await this.refresh(answer.focus ?? focus);
      this.tell(answer.message, false);
    } catch {
      say(this.words.say("offline"));
    } finally {
      this.busy = false;
      document.body.classList.remove("is-busy");
    }
  }

  async ask(url, fields) {
    const body = new URLSearchParams();
    for (const [name, value] of fields instanceof FormData ? fields : Object.entries(fields)) {
      for (const one of Array.isArray(value) ? value : [value]) body.append(name, one ?? "");
    }
    const token = document.querySelector("input[name=csrf_token]").value;
    const response = await fetch(url, {
      method: "POST", body, headers: { Accept: "application/json", "X-CSRFToken": token }, redirect: "error",
    });
    const answer = await response.json().catch(() => ({}));
    return { ...answer, ok: response.ok };
  }

  async refresh(focus) {
    const area = this.board.root;
    const had = document.activeElement?.id;
    const scrolled = new Map([...area.querySelectorAll(".week-scroll")].map((each, place) => [place, each.scrollLeft]));
    const response = await fetch(area.dataset.url, { headers: { "HX-Target": "week-board", "HX-Request": "true" } });
    if (!response.ok) throw new Error("the board did not come");
    area.innerHTML = await response.text();
    this.board.read();
    area.querySelectorAll(".week-scroll").forEach((each, place) => { each.scrollLeft = scrolled.get(place) ?? 0; });
    const wanted = focus ? `show-${focus}` : had;
    if (wanted) document.getElementById(wanted)?.focus({ preventScroll: true });
  }

  offer(undo) {
    this.undo = undo ?? null;
    if (!undo) this.bar.hidden = true;
  }

  tell(text, isRefusal) {
    document.getElementById("week-undo-text").textContent = text;
    // Beside a refusal the button would seem to be about it; Ctrl+Z still takes the last step back.
    document.getElementById("week-undo-button").hidden = isRefusal || !this.undo;
    this.bar.classList.toggle("is-refusal", isRefusal);
    this.bar.hidden = false;
    this.words.announce(text);
  }

  async takeBack() {
    const { undo } = this;
    if (!undo) return;
    await this.send(undo.url, undo.fields);
  }
}
