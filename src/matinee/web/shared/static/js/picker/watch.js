// Asks again and again which seats are taken: often while somebody looks, seldom in the background, less after errors.

const SEEN_MILLISECONDS = 2000;
const HIDDEN_MILLISECONDS = 20000;
const ERROR_MILLISECONDS_MAX = 60000;

export class Watch {
  /** `changed(states)` is called whenever the answer differs from the last. */
  constructor(url, changed) {
    this.url = url;
    this.changed = changed;
    this.errors = 0;
    this.last = null;
    this.plan();
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.now();
      else this.plan();
    });
  }

  plan() {
    clearTimeout(this.timer);
    const usual = document.hidden ? HIDDEN_MILLISECONDS : SEEN_MILLISECONDS;
    const wait = Math.min(usual * 2 ** this.errors, Math.max(usual, ERROR_MILLISECONDS_MAX));
    // A little apart, so that all who opened the page at one moment do not ask at one moment.
    this.timer = setTimeout(() => this.now(), wait * (0.9 + Math.random() * 0.2));
  }

  async now() {
    clearTimeout(this.timer);
    if (this.asking) return;
    this.asking = true;
    try {
      const response = await fetch(this.url, { cache: "no-cache", headers: { Accept: "application/json" } });
      if (!response.ok) throw new Error(String(response.status));
      const etag = response.headers.get("ETag");
      if (etag === null || etag !== this.last) {
        this.changed(await response.json());
        this.last = etag;
      }
      this.errors = 0;
    } catch {
      this.errors = Math.min(this.errors + 1, 6);
    }
    this.asking = false;
    this.plan();
  }
}
