// Moving a screening by keyboard: arrow keys while it has the focus. Every step is announced.

import { Ghost } from "./ghost.js";

const SMALL = 5;
const LARGE = 15;

export function letKeysMove({ area, board, words, onDrop }) {
  let moving = null;

  area.addEventListener("keydown", (event) => {
    const box = event.target.closest(".show-box");
    if (!box || event.altKey || event.ctrlKey || event.metaKey) return;
    const change = changeOf(event);
    if (change) {
      event.preventDefault();
      step(box, change);
    } else if (moving && event.key === "Enter") {
      event.preventDefault();
      const { wish, judged } = moving;
      stop();
      onDrop(wish, judged);
    } else if (moving && event.key === "Escape") {
      event.preventDefault();
      words.announce(words.say("sayLeft", { title: moving.wish.title }));
      stop();
    }
  });

  area.addEventListener("focusout", () => moving && stop());

  function step(box, { minutes = 0, halls = 0, days = 0 }) {
    const begins = !moving;
    if (begins) {
      const show = board.show(box.closest(".show").dataset.id);
      moving = { ghost: new Ghost(board, words), wish: { ...show }, held: show.element };
      show.element.classList.add("is-held");
    }
    const { wish } = moving;
    const place = board.halls.findIndex((hall) => hall.id === wish.hall);
    const hall = board.halls[Math.max(0, Math.min(board.halls.length - 1, place + halls))].id;
    const start = days ? onDay(wish.start, days) : wish.start + minutes;
    if (!board.dayOf(start)) return;
    moving.wish = { ...wish, hall, start };
    moving.judged = moving.ghost.at(moving.wish);
    const said = `${moving.judged.place} ${moving.judged.why}`;
    words.announce(begins ? `${words.say("sayMoving", { title: wish.title })} ${said}` : said);
    moving.ghost.element.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  // The same time on the clock of another day.
  function onDay(start, days) {
    const day = board.dayOf(start);
    const other = board.days[board.days.indexOf(day) + days];
    return other ? other.begin + (start - day.begin) : start;
  }

  function stop() {
    moving.ghost.remove();
    moving.held.classList.remove("is-held");
    moving = null;
  }
}

function changeOf({ key, shiftKey }) {
  const minutes = shiftKey ? LARGE : SMALL;
  return {
    ArrowLeft: { minutes: -minutes },
    ArrowRight: { minutes },
    ArrowUp: { halls: -1 },
    ArrowDown: { halls: 1 },
    PageUp: { days: -1 },
    PageDown: { days: 1 },
  }[key];
}
