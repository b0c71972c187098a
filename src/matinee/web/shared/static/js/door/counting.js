// How many are in, as far as this scanner knows.

import { letsIn } from "./own_scans.js";

/** What the server counts, and what it was not told yet. `told`: id -> {tickets, inside}; gives a Map. */
export function countsAsTold(before, told, { own, screenings }) {
  const counts = new Map(before);
  for (const [id, { tickets, inside }] of Object.entries(told ?? {})) {
    if (screenings.includes(Number(id))) counts.set(Number(id), { tickets, inside });
  }
  for (const scan of own.unsettled()) {
    const undone = scan.deed === "undo" ? own.get(scan.undoes) : null;
    if (letsIn(scan) && !scan.undone) add(counts, scan.screening, 1);
    else if (undone?.state === "settled" && undone.result === "welcome") add(counts, undone.screening, -1);
  }
  return counts;
}

/** One more or one less inside. `isUnlisted`: of a ticket that was sold since the list was made. */
export function countsAfter(before, scan, by, { isUnlisted }) {
  const counts = new Map(before);
  add(counts, scan.screening, by, isUnlisted ? by : 0);
  return counts;
}

function add(counts, id, inside, tickets = 0) {
  const count = counts.get(id) ?? { tickets: 0, inside: 0 };
  counts.set(id, { tickets: Math.max(0, count.tickets + tickets), inside: Math.max(0, count.inside + inside) });
}
