// The dialogs: planning a film, everything about a screening, what did not fit.

export class Dialogs {
  constructor(board, words, steps) {
    Object.assign(this, { board, words, steps });
    this.plan = document.getElementById("plan-dialog");
    this.show = document.getElementById("show-dialog");
    this.refused = document.getElementById("refused-dialog");
    for (const button of document.querySelectorAll("dialog [data-closes]")) {
      button.addEventListener("click", () => button.closest("dialog").close());
    }
    for (const button of document.querySelectorAll("[data-opens]")) {
      button.addEventListener("click", () => document.getElementById(button.dataset.opens).showModal());
    }
    this.plan.addEventListener("input", () => this.judgePlan());
    this.show.querySelector("[data-form=move]").addEventListener("input", () => this.judgeMove());
  }

  // Plan a film: on the day that is looked at, after what is planned there.
  openPlan(film, wish) {
    const form = this.plan.querySelector("form");
    this.film = film;
    this.plan.querySelector("[data-what]").textContent = film.title;
    form.elements.film.value = film.film;
    const first = wish ?? this.nextPlace(film);
    form.elements.hall.value = first.hall;
    const wall = this.board.wall(first.start);
    form.elements.day.value = wall.day;
    form.elements.time.value = wall.time;
    this.clear(this.plan);
    this.judgePlan();
    this.plan.showModal();
    form.elements.hall.focus();
  }

  // The first place on a day at which the film fits into the first hall that has one; from the afternoon on.
  nextPlace(film) {
    const { board } = this;
    const minutes = film.minutes + Number(this.plan.querySelector("[name=adverts]").value || 0);
    const days = board.days.filter((day) => day.begin + board.to > board.now);
    for (const day of days.length ? days : board.days) {
      for (const hall of board.halls) {
        for (let passed = Math.max(board.from, 9 * 60); passed + minutes <= board.to; passed += 15) {
          const wish = { hall: hall.id, start: day.begin + passed, minutes };
          if (wish.start > board.now && !board.inTheWay(wish)) return wish;
        }
      }
    }
    return { hall: board.halls[0].id, start: board.days[0].begin + 15 * 60 };
  }

  openShow(show) {
    const dialog = this.show;
    this.shown = show;
    dialog.querySelector("[data-what]").textContent = show.title;
    dialog.querySelector("[data-facts]").textContent = show.element.querySelector(".show-facts").textContent.replace(/\s+/g, " ").trim();
    for (const field of dialog.querySelectorAll("[name=screening], [name=ids]")) field.value = show.id;
    const { elements } = dialog.querySelector("[data-form=move]");
    elements.hall.value = show.hall;
    elements.day.value = show.day;
    elements.time.value = show.time;
    const sold = show.tickets > 0;
    dialog.querySelector("[data-form=publish]").hidden = !show.draft;
    dialog.querySelector("[data-form=delete]").hidden = !show.draft;
    dialog.querySelector("[data-form=withdraw]").hidden = show.draft || sold;
    this.link("[data-open]", show, "");
    this.link("[data-cancel]", show, "/cancel");
    dialog.querySelector("[data-cancel]").hidden = show.draft;
    this.clear(dialog);
    this.judgeMove();
    dialog.showModal();
  }

  link(selector, show, more) {
    const link = this.show.querySelector(selector);
    const page = this.words.root.dataset.page;
    link.hidden = !page;
    link.href = `${page}${show.id}${more}`;
  }

  judgePlan() {
    const { elements } = this.plan.querySelector("form");
    const adverts = Number(elements.adverts.value || 0);
    this.judge(this.plan, elements, { title: this.film.title, minutes: this.film.minutes + adverts, adverts });
  }

  judgeMove() {
    const { elements } = this.show.querySelector("[data-form=move]");
    const isElsewhen = elements.day.value !== this.shown.day || elements.time.value !== this.shown.time;
    this.judge(this.show, elements, this.shown);
    if (this.shown.tickets > 0 && isElsewhen) {
      this.show.querySelector("[data-status]").textContent = this.words.say("saySold");
    }
  }

  judge(dialog, elements, what) {
    const status = dialog.querySelector("[data-status]");
    if (!elements.day.value || !elements.time.value) return;
    const start = this.board.moment(elements.day.value, elements.time.value);
    if (start === null) {
      status.textContent = this.words.say("sayUnknown");
      return;
    }
    const judged = this.words.judge(this.board, { ...what, hall: elements.hall.value, start });
    status.textContent = `${judged.place} ${judged.fits ? "✓" : "⚠"} ${judged.why}`;
    status.classList.toggle("is-refusal", !judged.fits);
  }

  clear(dialog) {
    for (const line of dialog.querySelectorAll("[data-refused]")) line.hidden = true;
  }

  // What did not fit, and going on without it.
  openRefused(answer) {
    for (const open of document.querySelectorAll("dialog[open]")) open.close();
    this.refused.querySelector("[data-what]").textContent = answer.message;
    this.refused.querySelector("[data-list]").replaceChildren(
      ...answer.refused.map((text) => Object.assign(document.createElement("li"), { textContent: text })),
    );
    const button = this.refused.querySelector("[data-go-on]");
    button.hidden = !answer.go_on;
    button.onclick = async () => {
      this.refused.close();
      await this.steps.send(answer.go_on.url, answer.go_on.fields);
    };
    this.refused.showModal();
  }
}
