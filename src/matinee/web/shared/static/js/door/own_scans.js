// What this scanner did, in memory as it is on the device: what waits to be told, and what the list does not show yet.
//
// A scan is {sequence, device, door, screenings, deed, code, at, offline, undoes, hash, screening, state, result, answer}.
// `state`: "sent" while its first answer is waited for, "waiting" when it is to be told (again), "settled" when it was answered.

export class OwnScans {
  #scans = new Map();
  #standing = new Map();

  constructor(scans = []) {
    this.note({ put: scans });
  }

  /** Takes over what was just stored. */
  note({ put = [], remove = [] }) {
    for (const scan of put) this.#scans.set(scan.sequence, scan);
    for (const sequence of remove) this.#scans.delete(sequence);
    this.#standing = standingOf(this.inOrder());
  }

  get(sequence) {
    return this.#scans.get(sequence);
  }

  inOrder() {
    return [...this.#scans.values()].sort((one, other) => one.sequence - other.sequence);
  }

  /** Whatever the server has not answered for good. */
  unsettled() {
    return this.inOrder().filter((scan) => scan.state !== "settled");
  }

  /** What is to be told now, in the order of the numbers. */
  toTell() {
    return this.inOrder().filter((scan) => scan.state === "waiting" && !scan.stuck);
  }

  /** `{inside, scan}` of a ticket that this scanner dealt with since the list was made; undefined for others. */
  standing(hash) {
    return this.#standing.get(hash);
  }

  /** The scans of tickets that are in because of this scanner, and that the list need not have. */
  insideAlone() {
    return [...this.#standing.values()].filter(({ inside }) => inside).map(({ scan }) => scan);
  }

  /** The last one that let somebody in. */
  last() {
    return this.inOrder().findLast((scan) => letsIn(scan));
  }

  conflicts() {
    return this.inOrder().filter((scan) => scan.conflict);
  }
}

/** Whether somebody went in because of this scan. */
export function letsIn(scan) {
  return scan.deed !== "undo" && (scan.result === "welcome" || scan.result === "conflict");
}

function standingOf(scans) {
  const standing = new Map();
  for (const scan of scans) {
    if (!letsIn(scan) || scan.listed) continue;
    if (!scan.undone) standing.set(scan.hash, { inside: true, scan });
    // The list may still have the admission that was taken back. What was never settled is not in the list:
    // if it says that somebody is in, that is somebody else's doing.
    else if (scan.state === "settled" && scan.result === "welcome") standing.set(scan.hash, { inside: false, scan });
  }
  return standing;
}
