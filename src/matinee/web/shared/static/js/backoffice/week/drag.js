// Dragging with a mouse or a pen: a film from the shelf into a lane, a screening to another time or hall.
// A finger scrolls, and opens what it touches.

import { Ghost } from "./ghost.js";
import { snap } from "./board.js";

const BEGINS_AFTER_PX = 5;
const EDGE_PX = 70;

export function letDrag({ area, board, words, adverts, onDrop }) {
  let drag = null;

  area.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.pointerType === "touch") return;
    const held = event.target.closest(".show:not(.ghost), .shelf-film");
    if (!held) return;
    drag = { held, x: event.clientX, y: event.clientY, wish: null };
  });

  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    if (!drag.ghost) {
      if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < BEGINS_AFTER_PX) return;
      begin();
    }
    event.preventDefault();
    scrollAtEdge(event.clientY);
    follow(event);
  });

  document.addEventListener("pointerup", () => {
    if (!drag) return;
    const { ghost, wish, judged, show } = drag;
    if (!ghost) {
      drag = null;
      return;
    }
    end();
    // The click that follows means nothing.
    const swallow = (event) => { event.stopPropagation(); event.preventDefault(); };
    addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", swallow, { capture: true }), 0);
    if (wish && !(show && wish.start === show.start && wish.hall === show.hall)) onDrop(wish, judged);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && drag?.ghost) end();
  });
  addEventListener("blur", () => drag?.ghost && end());

  function begin() {
    const { held } = drag;
    drag.show = held.matches(".show") ? board.show(held.dataset.id) : null;
    const film = held.dataset;
    drag.what = drag.show ?? {
      film: film.film, title: film.title, minutes: Number(film.minutes) + adverts(), adverts: adverts(), tickets: 0,
    };
    const line = held.closest(".lane-line");
    drag.grab = drag.show && line ? board.momentAt(line, drag.x) - drag.show.start : 0;
    drag.ghost = new Ghost(board, words);
    held.classList.add("is-held");
    document.body.classList.add("is-dragging");
  }

  function follow(event) {
    const line = document.elementFromPoint(event.clientX, event.clientY)?.closest(".lane-line");
    if (!line) {
      drag.ghost.remove();
      drag.wish = null;
      return;
    }
    const start = snap(board.momentAt(line, event.clientX) - drag.grab);
    const wish = { ...drag.what, hall: line.dataset.hall, start };
    if (!board.dayOf(start)) return;
    drag.wish = wish;
    drag.judged = drag.ghost.at(wish);
  }

  function end() {
    drag.ghost.remove();
    drag.held.classList.remove("is-held");
    document.body.classList.remove("is-dragging");
    drag = null;
  }
}

function scrollAtEdge(y) {
  if (y < EDGE_PX) scrollBy(0, -18);
  else if (y > innerHeight - EDGE_PX) scrollBy(0, 18);
}
