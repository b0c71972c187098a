// What the visitor wants and what the box office holds for him. Calls go one after the other, and the latest wish wins.

export class Choice {
  /** `listener`: seatsChanged(), told(answer), changedHere(), refused(refusal, dropped), busy(is), unreachable(is), stale(). */
  constructor({ urls, token, start, listener }) {
    Object.assign(this, { urls, token, listener });
    // Seat label -> ticket type (null: the cinema's first).
    this.held = new Map();
    this.wanted = new Map();
    this.hold = null;
    this.running = null;
    this.take(start);
    this.wanted = new Map(this.held);
  }

  has(label) {
    return this.wanted.has(label);
  }

  /** Whether a seat was let go here, but the box office does not know that yet. */
  isLettingGo(label) {
    return this.held.has(label) && !this.wanted.has(label);
  }

  add(label, ticketType = null) {
    this.wanted.set(label, ticketType);
    this.changed();
  }

  remove(label) {
    this.wanted.delete(label);
    this.changed();
  }

  changed() {
    this.listener.seatsChanged();
    this.running ??= this.run().finally(() => {
      this.running = null;
      this.listener.busy(false);
    });
  }

  /** Tells the box office what is wanted until it holds just that. */
  async run() {
    this.listener.busy(true);
    while (!this.isSettled()) {
      const sent = new Map(this.wanted);
      const seats = [...sent].map(([label, ticket_type]) => ({ label, ticket_type }));
      const answer = await this.call(this.urls.choice, { json: { seats } });
      if (answer === null) {
        this.wanted = new Map(this.held);
        this.listener.seatsChanged();
        return;
      }
      this.take(answer);
      if (answer.refused) this.drop(answer, sent);
      else this.adopt(sent);
      this.listener.told(answer);
      this.listener.changedHere();
    }
  }

  isSettled() {
    if (this.wanted.size !== this.held.size) return false;
    return [...this.wanted].every(([label, type]) => this.held.has(label) && (type === null || this.held.get(label) === type));
  }

  /** The ticket types that the box office chose for seats that were wanted without one. */
  adopt(sent) {
    for (const [label, type] of this.held) {
      if (this.wanted.has(label) && this.wanted.get(label) === null && sent.get(label) === null) this.wanted.set(label, type);
    }
  }

  /** After a refusal: without the seats that it is about, or else as it was before. */
  drop({ refused }, sent) {
    const about = refused.seats.filter((label) => sent.has(label) && !this.held.has(label));
    if (refused.code === "unavailable" && about.length) {
      about.forEach((label) => this.wanted.delete(label));
    } else {
      this.wanted = new Map(this.held);
    }
    this.listener.refused(refused, about);
    this.listener.seatsChanged();
  }

  /** Takes over what an answer says is held. */
  take(answer) {
    this.clockOffset = answer.now - Date.now();
    this.hold = answer.hold;
    this.held = new Map((answer.hold?.seats ?? []).map((seat) => [seat.label, seat.ticket_type]));
  }

  /** Asks what is held now: after another tab, a long sleep, or the end of the time. */
  async refresh() {
    if (this.running) return;
    const answer = await this.call(this.urls.choice, {});
    if (answer !== null && !this.running) this.replace(answer);
  }

  /** Sends a form of the page; gives the answer, or null. Waits for what is under way. */
  async send(form) {
    await this.running;
    this.listener.busy(true);
    const answer = await this.call(form.action, { body: new FormData(form) });
    this.listener.busy(false);
    if (answer === null) return null;
    this.replace(answer);
    this.listener.changedHere();
    if (answer.refused) this.listener.refused(answer.refused, []);
    return answer;
  }

  replace(answer) {
    this.take(answer);
    this.wanted = new Map(this.held);
    this.listener.seatsChanged();
    this.listener.told(answer);
  }

  /** One call; null where there was no answer that helps, which was said then. */
  async call(url, { json, body }) {
    const headers = { Accept: "application/json", "X-CSRFToken": this.token };
    if (json) headers["Content-Type"] = "application/json";
    const method = json || body ? "POST" : "GET";
    try {
      const response = await fetch(url, { method, headers, body: json ? JSON.stringify(json) : body });
      const answer = await response.json();
      if (!("hold" in answer)) throw new Error(String(response.status));
      this.listener.unreachable(false);
      return answer;
    } catch (error) {
      if (error.message === "400") this.listener.stale();
      else this.listener.unreachable(true);
      return null;
    }
  }
}
