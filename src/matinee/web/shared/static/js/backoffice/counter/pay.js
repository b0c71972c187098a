// While the clerk types what was handed over, the page says what goes back.
import { parse, write } from "./money.js";

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("[data-pay]");
  if (!form || event.target.name !== "received") return;
  const { amount, digits, currency } = form.dataset;
  const line = form.querySelector("[data-change]");
  const received = parse(event.target.value, Number(digits));
  line.hidden = received === null;
  if (received === null) return;
  const change = received - Number(amount);
  line.classList.toggle("is-short", change < 0);
  line.querySelector("[data-change-amount]").textContent = change < 0 ? line.dataset.short : write(change, Number(digits), currency);
});
