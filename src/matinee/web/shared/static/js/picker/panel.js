// The panel with the chosen seats. The server writes it; here it is put in place, and the focus stays where it was.

export class Panel {
  /** `handlers`: removed(label), retyped(label, type), continued(form), moreTime(form), focusLost(). */
  constructor(element, handlers) {
    this.element = element;
    this.handlers = handlers;
    element.addEventListener("click", (event) => {
      if (event.target.closest("[data-sheet]")) this.toggle();
    });
    element.addEventListener("change", (event) => {
      const label = event.target.dataset.type;
      if (label !== undefined) handlers.retyped(label, event.target.value || null);
    });
    element.addEventListener("submit", (event) => {
      const form = event.target;
      event.preventDefault();
      if (form.matches("[data-continue]")) handlers.continued(form);
      else if (form.matches("[data-more-time]")) handlers.moreTime(form);
      else if (event.submitter?.name === "remove") handlers.removed(event.submitter.value);
    });
  }

  show(html) {
    const focused = this.element.contains(document.activeElement) ? document.activeElement.id : null;
    this.element.innerHTML = html;
    this.element.classList.toggle("is-empty", this.element.querySelector(".chosen") === null);
    this.tellOpen();
    if (focused !== null) this.focusOn(focused);
  }

  focusOn(id) {
    const again = id ? document.getElementById(id) : null;
    const title = this.element.querySelector("#choice-title");
    // On a phone the panel is not shown while it is empty, nor its title while it is closed.
    const goal = [again, title, document.getElementById("sheet-toggle")].find((each) => each?.offsetParent);
    if (goal) goal.focus();
    else this.handlers.focusLost();
  }

  toggle() {
    this.element.classList.toggle("is-open");
    this.tellOpen();
  }

  tellOpen() {
    const isOpen = this.element.classList.contains("is-open");
    this.element.querySelector("[data-sheet]")?.setAttribute("aria-expanded", String(isOpen));
  }
}
