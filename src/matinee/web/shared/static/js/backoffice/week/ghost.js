// A block that is being moved: it shows where the film would be, and says whether it can.

export class Ghost {
  constructor(board, words) {
    this.board = board;
    this.words = words;
    this.element = document.createElement("li");
    this.element.className = "show ghost";
    this.element.setAttribute("aria-hidden", "true");
    this.element.innerHTML =
      '<span class="show-box"><span class="show-adverts"></span><span class="show-text"><strong class="show-title"></strong>' +
      ' <span class="show-facts"></span></span></span><span class="show-turnaround"></span><span class="ghost-words"></span>';
  }

  // Show a wish {title, hall, start, minutes, adverts, id}; returns the judgement of it.
  at(wish) {
    const judged = this.words.judge(this.board, wish);
    const line = this.board.line(wish.start, wish.hall);
    if (line && this.element.parentElement !== line) line.append(this.element);
    this.board.place(this.element, wish);
    this.element.classList.toggle("is-overlap", !judged.fits);
    this.element.querySelector(".show-title").textContent = wish.title;
    this.element.querySelector(".show-facts").textContent = judged.times;
    this.element.querySelector(".ghost-words").textContent = `${judged.times} ${judged.fits ? "✓" : "⚠"} ${judged.why}`;
    return judged;
  }

  remove() {
    this.element.remove();
  }
}
