// The list of a door: the tickets of its screenings, found by the salted hash of their ids.

import { encode } from "./base64url.js";

const HASH_BYTES = 16;

/** The first 16 bytes of SHA-256 over salt and text, as in door/lists.py. `salt`: bytes. */
export async function saltedHash(text, salt) {
  const written = new TextEncoder().encode(text);
  const salted = new Uint8Array(salt.length + written.length);
  salted.set(salt);
  salted.set(written, salt.length);
  return encode(new Uint8Array(await crypto.subtle.digest("SHA-256", salted)).subarray(0, HASH_BYTES));
}

export class DoorList {
  /** `told`: what the server says, `{keys, screenings}`. */
  constructor(told) {
    this.keys = told.keys;
    this.screenings = told.screenings;
    this.byHash = new Map();
    this.byOrder = new Map();
    for (const screening of told.screenings) {
      for (const row of screening.tickets) this.enter(screening, row);
    }
  }

  enter(screening, row) {
    const [hash, order, seat, type, state, admittedAt, door] = row;
    const ticket = { hash, order, seat, type, state, admittedAt, door, screening };
    this.byHash.set(hash, ticket);
    if (this.byOrder.has(order)) this.byOrder.get(order).push(ticket);
    else this.byOrder.set(order, [ticket]);
  }

  /** `{hash, order, seat, type, state, admittedAt, door, screening}`, or undefined. */
  find(hash) {
    return this.byHash.get(hash);
  }

  /** Takes over what an answer to a scan says, before the next list does. */
  learn(hash, { result, first_at: firstAt, first_door: door }) {
    const ticket = this.byHash.get(hash);
    if (!ticket) return;
    if (result === "already_in" && firstAt) Object.assign(ticket, { admittedAt: firstAt, door });
    if (result === "refunded") ticket.state = "refunded";
  }

  /** How many of an order may come in, and how many are. `own`: what this scanner did since. */
  orderCounts(order, own) {
    const together = (this.byOrder.get(order) ?? []).filter((ticket) => ticket.state !== "refunded");
    return { tickets: together.length, inside: together.filter((ticket) => isInside(ticket, own)).length };
  }

  /** Screening id -> `{tickets, inside}`, as the server counts, with what this scanner did since. */
  counts(own) {
    const found = new Map(this.screenings.map(({ id }) => [id, { tickets: 0, inside: 0 }]));
    for (const ticket of this.byHash.values()) {
      if (ticket.state === "refunded") continue;
      const count = found.get(ticket.screening.id);
      count.tickets += 1;
      if (isInside(ticket, own)) count.inside += 1;
    }
    for (const scan of own.insideAlone()) {
      const count = found.get(scan.screening);
      // Sold since the list was made.
      if (!count || this.byHash.has(scan.hash)) continue;
      count.tickets += 1;
      count.inside += 1;
    }
    return found;
  }
}

/** Whether somebody is in with a listed ticket. What this scanner did since the list was made comes first. */
export function isInside(ticket, own) {
  return own.standing(ticket.hash)?.inside ?? ticket.admittedAt !== null;
}
