// How many come, with plus and minus; the box office finds the best seats for them.

export class Best {
  /** `find(form)` is called when it is sent. */
  constructor(form, find) {
    form.addEventListener("click", (event) => {
      const button = event.target.closest("[data-step]");
      if (button) this.step(button);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      find(form);
    });
  }

  step(button) {
    const input = button.parentElement.querySelector("input");
    const next = (Number(input.value) || 0) + Number(button.dataset.step);
    input.value = Math.min(Number(input.max), Math.max(0, next));
  }
}
