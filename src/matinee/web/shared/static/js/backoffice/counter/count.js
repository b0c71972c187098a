// Counting a drawer: the pieces are added up while one types.
import { write } from "./money.js";

const form = document.querySelector("[data-count]");
form?.addEventListener("input", () => {
  const pieces = [...form.querySelectorAll("[data-piece]")];
  const sum = pieces.reduce((total, each) => total + Number(each.dataset.piece) * (Number.parseInt(each.value, 10) || 0), 0);
  const together = form.querySelector("[data-together]");
  if (together) together.textContent = write(sum, Number(form.dataset.digits), form.dataset.currency);
});

const print = document.querySelector("[data-print]");
if (print) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}
