// Asking the server: the list of the door, and what it says to scans.

/** Why there is no answer that helps: `unreachable`, `signed_out`, `told_differently` or `refused`. */
export class NoAnswer extends Error {
  constructor(kind, more = "") {
    super(`${kind} ${more}`.trim());
    this.kind = kind;
  }
}

const KINDS = new Map([
  [400, "refused"], [401, "signed_out"], [403, "signed_out"], [409, "told_differently"], [413, "refused"], [422, "refused"],
]);

export class Asking {
  #behind = new AbortController();

  /** `urls`: `{list, scans, me}`; `token`: the one against forged requests that the page came with. */
  constructor({ urls, token }) {
    Object.assign(this, { urls, token });
  }

  /** `{text, etag}`, or null where nothing changed since the answer with `etag`. */
  async list({ screenings, salt, etag, timeMs }) {
    const asked = new URLSearchParams({ screenings: screenings.join(","), salt });
    const headers = { Accept: "application/json", ...(etag ? { "If-None-Match": etag } : {}) };
    return this.fetch(`${this.urls.list}?${asked}`, { headers, signal: this.#behind.signal }, timeMs, async (response) => {
      if (response.status === 304) return null;
      const text = await response.text();
      return { text, told: JSON.parse(text), etag: response.headers.get("ETag") };
    });
  }

  /** What the server says to these scans. `behind`: nobody stands and waits. */
  async tell(body, { timeMs, behind = false }) {
    const signal = behind ? this.#behind.signal : undefined;
    try {
      return await this.post(body, timeMs, signal);
    } catch (error) {
      // A page that was kept for the time without a network came with a token of an earlier session.
      if (error.message !== "refused 400" || !(await this.renewToken(timeMs))) throw error;
      return this.post(body, timeMs, signal);
    }
  }

  /** Gives up what nobody stands and waits for. */
  interrupt() {
    this.#behind.abort();
    this.#behind = new AbortController();
  }

  post(body, timeMs, signal) {
    const headers = { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": this.token };
    const options = { method: "POST", headers, body: JSON.stringify(body), signal };
    return this.fetch(this.urls.scans, options, timeMs, (response) => response.json());
  }

  /** Asks for the token of the session as it is now. False where there is none, or the same. */
  async renewToken(timeMs) {
    if (!this.urls.me) return false;
    const { token } = await this.fetch(this.urls.me, { headers: { Accept: "application/json" } }, timeMs, (response) => response.json());
    if (!token || token === this.token) return false;
    this.token = token;
    return true;
  }

  async fetch(url, { signal, ...options }, timeMs, read) {
    const signals = [AbortSignal.timeout(timeMs), ...(signal ? [signal] : [])];
    let response;
    try {
      // Led elsewhere means signed out, or a network that wants to be paid: no answer, and never one to be kept.
      const always = { credentials: "same-origin", cache: "no-store", redirect: "manual" };
      response = await fetch(url, { ...always, ...options, signal: AbortSignal.any(signals) });
      if (response.ok || response.status === 304) return await read(response);
    } catch {
      throw new NoAnswer("unreachable");
    }
    throw new NoAnswer(KINDS.get(response.status) ?? "unreachable", String(response.status));
  }
}
