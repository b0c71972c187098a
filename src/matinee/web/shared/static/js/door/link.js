// The scanner's link to the server: tells what waits, asks for the list every few seconds, and knows whether there is a network.

import { NoAnswer } from "./asking.js";
import { settleAll } from "./settling.js";

const LIST_MS = 10_000;
const POLL_MS = 4000;
const RETRY_MS = 2000;

export class Link {
  online = navigator.onLine !== false;
  signedOut = false;
  // Whether the token may be one of another session: of a page that was kept, or of before somebody signed in.
  #isTokenOld = true;
  #timer = null;
  #running = null;
  #closed = false;
  #listening = new AbortController();

  /**
   * `listed({text, told, etag}, settlings)` takes a new list, or null where the last one is still right, which knows of all
   * that was settled by then; `settled(conflicts)`, `took(answer)` are told what the server said; `changed()`: something
   * about the link did.
   */
  constructor({ asking, ledger, salt, etag, listed, settled, took, changed }) {
    Object.assign(this, { asking, ledger, salt, etag, listed, settled, took, changed });
    // First what waits.
    if (ledger.own.unsettled().length) this.online = false;
  }

  start() {
    const { signal } = this.#listening;
    addEventListener("online", () => this.reconnect(), { signal });
    addEventListener("offline", () => this.failed(new NoAnswer("unreachable")), { signal });
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.refresh(), { signal });
    this.refresh();
  }

  stop() {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#listening.abort();
    this.asking.interrupt();
    return this.#running;
  }

  /** Does not wait for what was asked over a network that is gone. */
  async reconnect() {
    this.asking.interrupt();
    await this.#running;
    await this.refresh();
  }

  /** Tells what waits, and asks for the list. */
  refresh() {
    if (this.#closed) return Promise.resolve();
    this.#running ??= this.#exchange().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** There was no answer: from now on the scanner decides alone, and tries again behind. */
  failed(error) {
    if (!(error instanceof NoAnswer)) console.error(error);
    this.online = false;
    if (error.kind === "signed_out") this.signedOut = this.#isTokenOld = true;
    this.#plan(RETRY_MS);
    this.changed();
  }

  async #exchange() {
    clearTimeout(this.#timer);
    try {
      if (this.#isTokenOld) await this.asking.renewToken(LIST_MS);
      this.#isTokenOld = false;
      await this.#settleWaiting();
      await this.#askForList();
      // What was decided meanwhile.
      await this.#settleWaiting();
      Object.assign(this, { online: true, signedOut: false });
      this.#plan(POLL_MS);
      this.changed();
    } catch (error) {
      if (!this.#closed) this.failed(error);
    }
  }

  async #settleWaiting() {
    const { ledger, asking } = this;
    await settleAll({
      own: ledger.own, asking, now: ledger.now, took: this.took,
      settle: async (answered) => this.settled(await ledger.settle(answered)),
      rename: () => ledger.rename(),
      setAside: (scan) => ledger.change({ put: [{ ...scan, stuck: true }] }),
    });
  }

  async #askForList() {
    const { settlings, screenings } = this.ledger;
    const found = await this.asking.list({ screenings, salt: this.salt, etag: this.etag, timeMs: LIST_MS });
    if (this.#closed) return;
    if (found) this.etag = found.etag;
    await this.listed(found, settlings);
  }

  #plan(ms) {
    clearTimeout(this.#timer);
    if (!this.#closed) this.#timer = setTimeout(() => this.refresh(), ms);
  }
}
