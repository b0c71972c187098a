// What a scanner says of a ticket by itself: by the list, by what it did since, and by the signature of the code.

import { isInside } from "./door_list.js";

/** The answer in which nothing was found. */
export function emptyAnswer(result, more = {}) {
  return {
    sequence: null, result, ticket_id: "", order: "", seat: "", ticket_type: "", screening: null, order_in: 0,
    order_tickets: 0, first_at: null, first_door: "", became: "", warning: null, ...more,
  };
}

/**
 * The answer about a code that was read. `genuine`: true, false, or null where nothing can be said of its signature;
 * `list`: a DoorList, or null where none was ever there; `screenings`: ids of this door; `moment(at)`: a moment of this
 * device as people are told it. The order of the reasons is the server's.
 */
export function decide({ code, hash, genuine, deed, list, own, screenings, moment }) {
  if (genuine === false) return emptyAnswer("unknown");
  const ticket = list?.find(hash);
  if (ticket) return decideListed({ code, ticket, deed, list, own, moment });
  // Neither in the list nor signed by a key that is known here.
  if (genuine === null) return emptyAnswer("unknown");
  const id = Number(code.screeningId);
  const about = { ticket_id: code.ticketId, seat: code.seat, screening: screeningOf(list, id) };
  if (!screenings.includes(id)) return emptyAnswer("other_screening", about);
  const standing = own.standing(hash);
  if (standing?.inside) return emptyAnswer("already_in", { ...about, ...firstOf(standing.scan, moment) });
  // Sold since the list was made.
  return emptyAnswer("welcome", { ...about, order_in: 1, order_tickets: 1 });
}

function decideListed({ code, ticket, deed, list, own, moment }) {
  const { tickets, inside } = list.orderCounts(ticket.order, own);
  const about = {
    ticket_id: code.ticketId, seat: ticket.seat, ticket_type: ticket.type,
    screening: screeningOf(list, ticket.screening.id), order_in: inside, order_tickets: tickets,
  };
  if (ticket.state === "refunded") return emptyAnswer("refunded", { ...about, became: "refunded" });
  if (isInside(ticket, own)) return emptyAnswer("already_in", { ...about, ...firstIn(ticket, own, moment) });
  if (ticket.state === "unpaid" && deed !== "let_in") return emptyAnswer("unpaid", about);
  return emptyAnswer("welcome", { ...about, order_in: inside + 1 });
}

function firstIn(ticket, own, moment) {
  if (ticket.admittedAt !== null) return { first_at: ticket.admittedAt, first_door: ticket.door };
  return firstOf(own.standing(ticket.hash).scan, moment);
}

function firstOf(scan, moment) {
  return { first_at: moment(scan.at), first_door: scan.door };
}

/** Null where the list says nothing of it. */
function screeningOf(list, id) {
  const screening = list?.screenings.find((each) => each.id === id);
  return screening ? { id, film: screening.film, hall: screening.hall, starts_at: screening.starts_at } : null;
}
