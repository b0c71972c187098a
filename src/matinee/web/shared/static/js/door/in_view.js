// The same code again and again, while somebody holds it to the camera: it was scanned once.

const AWAY_MILLISECONDS = 3000;

export class InView {
  constructor(now = () => performance.now()) {
    this.now = now;
    this.seen = new Map();
  }

  /** The first of the codes that has not been in view within the last seconds; null where all were. */
  fresh(codes) {
    const now = this.now();
    const fresh = codes.find((code) => !(now - this.seen.get(code) < AWAY_MILLISECONDS)) ?? null;
    for (const code of codes) if (this.seen.has(code)) this.seen.set(code, now);
    return fresh;
  }

  /** It is dealt with now; not again while it stays. */
  take(code) {
    const now = this.now();
    for (const [each, moment] of this.seen) if (now - moment >= AWAY_MILLISECONDS) this.seen.delete(each);
    this.seen.set(code, now);
  }
}
