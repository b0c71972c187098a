// What an answer is called, and the few lines that whoever stands at the door needs with it.

import { text, told } from "./texts.js";
import { clockTime, otherDay } from "./times.js";

const NOT_IN = new Set(["refunded", "cancelled", "exchanged"]);

/** `kind` names look and sound; `lines` are read below the word, the most important first. `now`: the moment at the cinema. */
export function wordsOf(answer, now) {
  const kind = answer.result === "welcome" && answer.warning ? "careful" : answer.result;
  const said = {
    kind,
    word: text(`word_${answer.result}`),
    // At another door nobody looks for a seat.
    seat: answer.result === "other_screening" ? "" : (answer.seat ?? ""),
    type: answer.result === "other_screening" ? "" : (answer.ticket_type ?? ""),
    lines: (LINES[answer.result] ?? nothing)(answer, now).filter(Boolean),
    warning: answer.warning ? text(`warning_${answer.warning}`, when(answer, now)) : "",
    alone: answer.offline && !["nothing_to_undo", "unavailable"].includes(answer.result) ? text("decided_alone") : "",
  };
  const seat = said.seat && text("seat_aloud", said);
  said.aloud = [said.word, seat, said.type, ...said.lines, said.warning, said.alone].filter(Boolean).join(". ").replaceAll("..", ".");
  return said;
}

/** The same in one line, for what was last. */
export function shortWords(answer) {
  return [answer.seat, text(`word_${answer.result}`)].filter(Boolean).join(" · ");
}

const nothing = () => [];

const LINES = {
  welcome: (answer) => [ofOrder(answer)],
  already_in: (answer, now) => [first(answer, now, "in_since"), ofOrder(answer)],
  conflict: (answer, now) => [became(answer) || first(answer, now, "in_since_conflict") || text("conflict_unknown"), text("conflict_told")],
  other_screening: (answer, now) => (answer.screening ? [answer.screening.film, text("at_time_in_hall", when(answer, now))] : []),
  unpaid: () => [told.may.let_in || told.may.sell ? "" : text("call_manager")],
  refunded: (answer) => [became(answer)],
  unknown: () => [text("unknown_meaning")],
  unavailable: () => [text("unavailable_meaning")],
  undone: () => [text("undone_meaning")],
  nothing_to_undo: nothing,
};

function ofOrder({ order_in: inside, order_tickets: tickets }) {
  return tickets > 1 ? text("of_order", { inside, tickets }) : "";
}

function first({ first_at: moment, first_door: door, screening }, now, name) {
  if (!moment) return "";
  const zone = screening?.timezone ?? told.zone;
  const day = now ? otherDay(moment, now, zone) : "";
  const time = [day, clockTime(moment, zone)].filter(Boolean).join(", ");
  return door ? text(`${name}_door`, { time, door }) : text(name, { time });
}

function became({ became: state }) {
  return NOT_IN.has(state) ? text(`became_${state}`) : "";
}

function when({ screening }, now) {
  if (!screening?.starts_at) return { time: "", hall: "" };
  const zone = screening.timezone ?? told.zone;
  const day = now ? otherDay(screening.starts_at, now, zone) : "";
  return { time: [day, clockTime(screening.starts_at, zone)].filter(Boolean).join(", "), hall: screening.hall };
}
