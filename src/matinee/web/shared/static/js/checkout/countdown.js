// The time that is left to pay, by the server's clock; a warning shortly before the end, from which one has more time.

import { timeLeft } from "../time_left.js";
import { askState } from "./state.js";
import { openWarning } from "./warning.js";

const SECOND = 1000;
// Longer ones are said as a moment alone.
const SHOWN_MAX = 60 * 60 * SECOND;

export function startCountdown(clock, dialog) {
  if (!clock) return;
  const state = {
    expires: Number(clock.dataset.expires),
    // Of the server's clock before ours.
    ahead: Number(clock.dataset.now) - Date.now(),
    warned: false,
    asking: false,
  };
  const tick = () => show(clock, dialog, state);
  tick();
  setInterval(tick, SECOND);
  // A tab that slept, or whose order got more time in another tab.
  document.addEventListener("visibilitychange", () => document.hidden || look(clock, state));
}

function show(clock, dialog, state) {
  const left = state.expires - Date.now() - state.ahead;
  const shown = clock.querySelector("[data-left]");
  shown.hidden = left > SHOWN_MAX;
  shown.textContent = timeLeft(left);
  const warning = Number(clock.dataset.warningSeconds) * SECOND;
  clock.classList.toggle("clock-soon", left <= warning);
  if (left <= 0) {
    finish(clock, state);
  } else if (left <= warning && !state.warned && dialog) {
    state.warned = true;
    warn(clock, dialog, state);
  }
}

async function warn(clock, dialog, state) {
  // Another tab may have asked for more time already.
  if (await look(clock, state)) return;
  openWarning(dialog, (told) => take(clock, state, told));
}

async function finish(clock, state) {
  if (state.asking) return;
  state.asking = true;
  if (!(await look(clock, state))) location.reload();
  // Not at once again, should the page stay as it is.
  setTimeout(() => (state.asking = false), 5 * SECOND);
}

// Whether there is more time than was known.
async function look(clock, state) {
  const told = await askState(clock.dataset.state);
  if (!told || told.expires_at === null || told.expires_at <= state.expires) return false;
  take(clock, state, told);
  return true;
}

function take(clock, state, told) {
  clock.querySelector("[data-until]").textContent = told.until;
  state.expires = told.expires_at;
  state.ahead = told.now - Date.now();
  state.warned = false;
}
