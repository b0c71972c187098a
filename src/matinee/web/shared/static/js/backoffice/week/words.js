// What is said: sentences of the page with what they are about put in.

export class Words {
  constructor(root) {
    this.root = root;
    this.told = document.getElementById("week-told");
  }

  say(name, values = {}) {
    return (this.root.dataset[name] ?? "").replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
  }

  // Said aloud by screen readers; the same sentence twice, too.
  announce(text) {
    this.told.textContent = this.told.textContent === text ? `${text} ` : text;
  }

  // Where a film would be, and whether it can: {place, fits, why}.
  judge(board, wish) {
    const begins = board.wall(wish.start);
    const ends = board.wall(wish.start + wish.minutes);
    const other = board.inTheWay(wish);
    const over = wish.start <= board.now;
    const place = this.say("sayPlace", {
      hall: board.hall(wish.hall).name, day: begins?.name, begins: begins?.time, ends: ends?.time ?? "…",
    });
    let why = this.say("sayFree");
    if (over) why = this.say("sayOver");
    else if (other) why = this.say("sayOverlap", { title: other.title, begins: other.time });
    return { place, why, fits: !over && !other, times: `${begins?.time ?? ""}–${ends?.time ?? ""}` };
  }
}
