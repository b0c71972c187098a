// Keys of the counter: whatever carries data-key is pressed, or gets the focus, by that key. They can be switched off.

const STORE = "counter-keys";
const control = document.querySelector("[data-keys-switch]");
let on = localStorage.getItem(STORE) !== "off";

function show() {
  if (!control) return;
  control.hidden = false;
  control.setAttribute("aria-pressed", String(on));
  control.querySelector("[data-on]").hidden = !on;
  control.querySelector("[data-off]").hidden = on;
  document.body.classList.toggle("keys-off", !on);
}

control?.addEventListener("click", () => {
  on = !on;
  localStorage.setItem(STORE, on ? "on" : "off");
  show();
});
show();

const isField = (element) => element.matches?.("input:not([type=radio], [type=checkbox]), textarea, select");

/** Letters by what is written on the key in Latin, also where another alphabet is set. */
function nameOf(event) {
  if (/^[a-z0-9]$/i.test(event.key)) return event.key.toLowerCase();
  const letter = /^Key([A-Z])$/.exec(event.code);
  if (letter && event.key.length === 1) return letter[1].toLowerCase();
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code);
  return digit && event.key.length === 1 ? digit[1] : event.key;
}

function press(target) {
  target.closest("details")?.setAttribute("open", "");
  if (isField(target)) {
    target.focus();
    target.select?.();
  } else {
    target.click();
  }
}

function move(event) {
  const list = event.target.closest?.("[data-arrows]");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!list || !step) return false;
  const links = [...list.querySelectorAll("a")];
  const next = links[links.indexOf(event.target) + step];
  if (next) next.focus();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (move(event)) {
    event.preventDefault();
    return;
  }
  if (!on || event.repeat) return;
  const name = nameOf(event);
  if (isField(event.target)) {
    // What is typed is typed. The one key that leaves a field leaves it first, and the sale only when it is pressed again.
    if (name === "Escape") {
      event.preventDefault();
      (document.getElementById("sale") ?? document.getElementById("main"))?.focus();
    }
    return;
  }
  // A button or link that has the focus is pressed by Enter itself.
  if (name === "Enter" && event.target.closest?.("a, button, summary, label")) return;
  const target = [...document.querySelectorAll("main [data-key]")].find((each) => each.dataset.key.split(" ").includes(name) && each.getClientRects().length);
  const folded = target ?? [...document.querySelectorAll("main details [data-key]")].find((each) => each.dataset.key === name);
  if (!folded) return;
  event.preventDefault();
  press(folded);
});
