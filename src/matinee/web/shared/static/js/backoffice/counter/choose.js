// Seats chosen on the map go into the field beside it; nothing is held by that.
import { openMap } from "./counter_map.js";

const root = document.querySelector("[data-choose-map]");
const field = root?.querySelector("[data-chosen]");
const labels = () => field.value.split(",").map((each) => each.trim()).filter(Boolean);

if (root && field) {
  const states = JSON.parse(root.dataset.states);
  const limit = Number(root.dataset.seatsMax) || Infinity;
  const show = () => map?.tell({ ...states, mine: labels().filter((label) => map.get(label)) });
  const map = openMap(root, (seat) => {
    let chosen = labels();
    if (chosen.includes(seat.label)) chosen = chosen.filter((label) => label !== seat.label);
    else chosen = [...chosen, seat.label].slice(-limit);
    field.value = chosen.join(", ");
    show();
  });
  field.addEventListener("input", show);
  show();
}
