// Other seats for an order: the map sets the fields, which say everything without it.

const change = document.querySelector("[data-seat-change]");
const fields = [...change.querySelectorAll("select[name=seat]")];
const seats = new Map([...change.querySelectorAll(".seat")].map((seat) => [seat.dataset.n, seat]));
const offered = new Set([...fields[0].options].map((option) => option.value).filter(Boolean));
const marks = new Map([...seats].map(([label, seat]) => [label, seat.dataset.s === "mine" ? "" : seat.dataset.s ?? ""]));

function mark(seat, name) {
  seat.querySelector(".m")?.remove();
  if (!name) {
    delete seat.dataset.s;
    return;
  }
  seat.dataset.s = name;
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("class", "m");
  use.setAttribute("href", `#m-${name}`);
  seat.append(use);
}

function show() {
  const chosen = new Set(fields.map((field) => field.value));
  for (const [label, seat] of seats) {
    mark(seat, chosen.has(label) ? "mine" : marks.get(label));
    seat.classList.toggle("is-offered", offered.has(label));
  }
}

// A seat that is chosen is let go of; another goes to the first field that has none, else to the one chosen longest ago.
let turn = 0;
function toggle(label) {
  const holder = fields.find((field) => field.value === label);
  if (holder) {
    holder.value = "";
    turn = fields.indexOf(holder);
  } else {
    const empty = fields.findIndex((field) => !field.value);
    const place = empty >= 0 ? empty : turn;
    fields[place].value = label;
    turn = (place + 1) % fields.length;
  }
  show();
}

change.addEventListener("click", (event) => {
  const label = event.target.closest?.(".seat")?.dataset.n;
  if (label && offered.has(label)) toggle(label);
});
change.addEventListener("change", show);
change.classList.add("is-live");
show();
