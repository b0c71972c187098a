// The week plan: the board, and all the ways to change it.

import { Board } from "./board.js";
import { Dialogs } from "./dialogs.js";
import { letDrag } from "./drag.js";
import { letKeysMove } from "./keys.js";
import { Steps } from "./steps.js";
import { Words } from "./words.js";

const root = document.getElementById("week");
const board = new Board(document.getElementById("week-board"));
const words = new Words(root);
const steps = new Steps(board, words, { onRefused: (answer) => dialogs.openRefused(answer) });
const dialogs = new Dialogs(board, words, steps);
const adverts = () => Number(root.dataset.adverts);

// A screening or a film was put somewhere.
function drop(wish, judged) {
  if (!judged.fits) {
    steps.tell(`${judged.place} ${judged.why}`, true);
    return;
  }
  const { day, time } = board.wall(wish.start);
  if (!wish.id) steps.send(root.dataset.plan, { film: wish.film, hall: wish.hall, day, time });
  else if (wish.tickets > 0 && wish.start !== board.show(wish.id).start) steps.tell(words.say("saySold"), true);
  else steps.send(root.dataset.move, { screening: wish.id, hall: wish.hall, day, time });
}

letDrag({ area: root, board, words, adverts, onDrop: drop });
letKeysMove({ area: root, board, words, onDrop: drop });

root.addEventListener("click", (event) => {
  const film = event.target.closest(".shelf-film");
  const show = event.target.closest(".show:not(.ghost)");
  if (film) {
    dialogs.openPlan({ film: film.dataset.film, title: film.dataset.title, minutes: Number(film.dataset.minutes) });
  } else if (show) {
    dialogs.openShow(board.show(show.dataset.id));
  }
});

// On a narrow screen a day begins with its first screening.
for (const area of board.root.querySelectorAll(".week-scroll")) {
  const first = area.querySelector(".show");
  if (first && area.scrollWidth > area.clientWidth) area.scrollLeft = Math.max(0, first.offsetLeft - 24);
}

// Forms are steps, too; a dialog closes when its step was made, and says what was refused.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-step]");
  if (!form) return;
  event.preventDefault();
  const dialog = form.closest("dialog");
  const line = form.querySelector("[data-refused]");
  const told = line && ((text) => { line.textContent = text; line.hidden = false; });
  if (line) line.hidden = true;
  const shown = dialog?.id === "show-dialog" ? dialogs.shown.id : undefined;
  steps.send(form.action, new FormData(form), { told, focus: shown, done: () => dialog?.close() });
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, select, textarea");
  if ((event.ctrlKey || event.metaKey) && event.key === "z" && !event.shiftKey && !typing && steps.undo) {
    event.preventDefault();
    steps.takeBack();
  }
});
