// The picker: brings the map, the list, the panel and the box office together.

import { Best } from "./best.js";
import { Choice } from "./choice.js";
import { Countdown } from "./countdown.js";
import { Grid } from "./grid.js";
import { Notes } from "./notes.js";
import { Panel } from "./panel.js";
import { SeatList } from "./seat_list.js";
import { fill, SeatMap } from "./seat_map.js";
import { Watch } from "./watch.js";
import { Zoom } from "./zoom.js";

const root = document.querySelector("[data-picker]");
const config = JSON.parse(root.dataset.picker);
const { words } = config;
const find = (name) => root.querySelector(`[data-${name}]`);
root.classList.add("is-live");

const map = new SeatMap(find("seats"), config);
const notes = new Notes(find("note"), find("said"));
const tab = "BroadcastChannel" in window ? new BroadcastChannel(`matinee${config.urls.choice}`) : null;

const choice = new Choice({
  ...config,
  listener: {
    seatsChanged: showStates,
    told,
    refused,
    changedHere: () => tab?.postMessage("changed"),
    busy: (is) => find("choice").setAttribute("aria-busy", String(is)),
    unreachable,
    stale: () => notes.show(words.stale),
  },
});
const panel = new Panel(find("choice"), {
  removed: (label) => toggle(map.get(label)),
  retyped: (label, type) => choice.add(label, type),
  continued: goOn,
  moreTime: extend,
  focusLost: () => grid.stop?.element.focus({ preventScroll: true }),
});
const countdown = new Countdown(find("choice"), {
  warned: () => notes.say(words.warning),
  ended: forgetExpired,
});
const zoomButtons = Object.fromEntries(["in", "out", "fit"].map((name) => [name, root.querySelector(`[data-zoom=${name}]`)]));
const zoom = new Zoom(find("map"), find("stage"), find("seats"), zoomButtons);
const grid = new Grid(map, { choose: toggle, moved: (seat) => zoom.reveal(seat), label: config.map_label });
const list = new SeatList(root, map, { add: (seat, type) => toggle(seat, type), empty: words.no_seats_in_row });
new Best(find("best"), findBest);
new Watch(config.urls.seats, watched);
countdown.start(choice.hold, choice.clockOffset);
tab?.addEventListener("message", () => choice.refresh());
document.addEventListener("visibilitychange", () => !document.hidden && choice.refresh());
window.addEventListener("pageshow", (event) => event.persisted && choice.refresh());
showTips();

/** Shows every seat as it is: one's own before what everybody sees. Only those that differ are touched. */
function showStates() {
  for (const seat of map.seats.values()) {
    let state = seat.others;
    if (choice.has(seat.label)) state = "mine";
    else if (choice.held.has(seat.label)) state = "free";
    map.show(seat, state);
  }
  list?.fillSeats();
}

function watched(states) {
  const others = new Map();
  for (const state of ["sold", "held", "house"]) for (const label of states[state]) others.set(label, state);
  for (const seat of map.seats.values()) seat.others = others.get(seat.label) ?? "free";
  showStates();
  const free = document.querySelector("[data-free]");
  if (free) free.textContent = states.free;
  if (["closed", "cancelled"].includes(states.state)) notes.show(words.closed);
}

function toggle(seat, type = null) {
  notes.clear();
  map.pointOut([]);
  if (choice.hold?.is_paying) return;
  if (choice.has(seat.label)) {
    choice.remove(seat.label);
    notes.say(fill(words.removed, { seat: map.placeOf(seat) }));
    return;
  }
  if (seat.state !== "free") {
    notes.show(fill(words.not_free, { seat: map.placeOf(seat) }));
    return;
  }
  if (choice.wanted.size >= config.seats_max) {
    notes.show(fill(words.too_many, { number: config.seats_max }));
    return;
  }
  choice.add(seat.label, type);
  notes.say(fill(words.added, { seat: map.placeOf(seat) }));
}

/** An answer of the box office about one's own seats. */
function told(answer) {
  for (const { label } of answer.hold?.seats ?? []) map.get(label).others = "held";
  if (answer.panel !== undefined) panel.show(answer.panel);
  countdown.start(choice.hold, choice.clockOffset);
}

function refused(refusal, dropped) {
  for (const label of dropped) {
    const seat = map.get(label);
    if (seat) seat.others = "held";
  }
  map.pointOut(refusal.seats);
  const rest = dropped.length && choice.wanted.size ? ` ${words.kept_rest}` : "";
  notes.show(refusal.sentence + rest);
  const first = map.get(refusal.seats[0]);
  if (first) zoom.reveal(first);
}

function unreachable(is) {
  if (is) notes.show(words.offline);
  else if (unreachable.was) notes.show(words.online, { good: true });
  unreachable.was = is;
}

async function goOn(form) {
  notes.clear();
  map.pointOut([]);
  const answer = await choice.send(form);
  if (answer?.onward) window.location.assign(answer.onward);
}

async function extend(form) {
  const answer = await choice.send(form);
  if (answer && !answer.refused) notes.show(words.extended, { good: true });
}

async function findBest(form) {
  notes.clear();
  map.pointOut([]);
  const answer = await choice.send(form);
  if (!answer || answer.refused) return;
  const seats = answer.hold.seats.map(({ label }) => map.get(label));
  zoom.reveal(seats[Math.floor(seats.length / 2)]);
  notes.show(fill(words.best_found, { seats: seats.map((seat) => map.placeOf(seat)).join("; ") }), { good: true });
}

/** The time is over: the box office says so itself when it is asked. */
async function forgetExpired() {
  await choice.refresh();
  if (choice.hold === null) notes.show(words.expired);
}

/** What a seat is, beside the pointer, for whoever has one. */
function showTips() {
  if (!window.matchMedia("(hover: hover)").matches) return;
  const [frame, tip] = [find("map"), find("tip")];
  frame.addEventListener("pointerover", (event) => {
    const seat = map.at(event.target);
    tip.hidden = !seat;
    if (!seat) return;
    tip.textContent = map.nameOf(seat);
    const [box, at] = [frame.getBoundingClientRect(), seat.element.getBoundingClientRect()];
    const left = Math.min(at.left - box.left, frame.clientWidth - tip.offsetWidth - 4);
    tip.style.left = `${Math.max(4, left) + frame.scrollLeft}px`;
    tip.style.top = `${(at.top - box.top > 48 ? at.top - box.top - tip.offsetHeight - 6 : at.bottom - box.top + 6) + frame.scrollTop}px`;
  });
  for (const name of ["pointerleave", "pointerdown"]) frame.addEventListener(name, () => (tip.hidden = true));
}
