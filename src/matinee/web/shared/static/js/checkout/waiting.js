// A payment is awaited: the page is shown anew as soon as the order is something else.

import { sendOnce } from "./once.js";
import { askState } from "./state.js";

const FIRST_PAUSE = 1000;
const PAUSE_MAX = 8000;

const waiting = document.querySelector("[data-waiting]");
if (waiting) look(FIRST_PAUSE);
sendOnce();

async function look(pause) {
  await new Promise((done) => setTimeout(done, pause));
  if (!document.hidden) {
    const told = await askState(waiting.dataset.state);
    if (told && told.version !== waiting.dataset.version) {
      // Not as it was asked for when somebody came back from the provider.
      location.replace(location.pathname);
      return;
    }
  }
  look(Math.min(pause * 1.3, PAUSE_MAX));
}
