// A sale: the map and the panel show the same seats. The box office decides; the page says what it was told.
import { openMap } from "./counter_map.js";
import "./pay.js";

const root = document.querySelector("[data-sale]");
const panel = document.getElementById("sale");
const notices = document.getElementById("notices");
let mine = [];
// Clicks go one after the other, and the latest wish wins.
let wanted = null;
let sending = false;
// When the panel was changed, and when the states were asked for: an answer that is older than the panel tells nothing.
let changedAt = 0;
let askedAt = 0;

const map = openMap(root, (seat) => {
  const chosen = wanted ?? mine;
  wanted = chosen.includes(seat.label) ? chosen.filter((label) => label !== seat.label) : [...chosen, seat.label];
  map.show(seat, wanted.includes(seat.label) ? "mine" : "free");
  send();
});

async function send() {
  if (sending || wanted === null) return;
  sending = true;
  const seats = wanted.join(",");
  await window.htmx.ajax("POST", root.dataset.choose, { source: panel, target: "#sale", swap: "innerHTML", values: { seats } });
  sending = false;
  if (wanted?.join(",") !== seats) send();
  else {
    wanted = null;
    tell();
  }
}

/** Shows the seats as the panel or the page was told last. */
function tell(from = panel) {
  if (wanted !== null) return;
  const element = from.matches?.("[data-states]") ? from : from.querySelector("[data-states]");
  if (!element || !map) return;
  const states = JSON.parse(element.dataset.states);
  mine = states.mine;
  map.tell(states);
}

/** What was held is sold; the next answer of the box office says so, too. */
function sell() {
  for (const label of mine) map?.show(map.get(label), "sold");
  mine = [];
}

tell();
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.requestConfig.verb !== "get") notices.replaceChildren();
  if (event.detail.elt.id === "states") askedAt = performance.now();
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target === panel) {
    changedAt = performance.now();
    if (panel.querySelector(".sold")) sell();
    else tell();
    const meant = panel.querySelector("[data-focus]");
    if (meant) meant.focus();
    else if (!document.activeElement?.closest(".map")) panel.focus({ preventScroll: true });
  } else {
    const states = document.getElementById("states");
    if (states && event.detail.target.id === "states" && askedAt > changedAt) tell(states);
  }
});
// Somebody took a seat, or the time was over: what was held stays, and the map shows what is there.
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.requestConfig.verb === "get" || !(event.detail.xhr?.status >= 400)) return;
  wanted = null;
  // Once htmx is done with the refusal: it does one thing at a time for an element.
  setTimeout(() => window.htmx.ajax("GET", window.location.pathname, { source: root, target: "#sale", swap: "innerHTML" }));
});
