// The panel beside the plan: what can be done to what is chosen, or with the tool that is in use.

import { chosen } from "./plan.js";
import { fill, STANDARD } from "./names.js";
import { element, shown } from "./svg.js";

export class Panel {
  constructor(editor, root) {
    Object.assign(this, { editor, root });
    this.find = (name) => root.querySelector(`[data-${name}]`);
    root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-act]");
      if (button) editor.act(button.dataset.act, button.dataset.value);
    });
    root.addEventListener("submit", (event) => this.onSubmit(event));
    this.curve = this.find("curve");
    this.curve.addEventListener("input", () => editor.tryCurve(Number(this.curve.value)));
    this.curve.addEventListener("change", () => editor.act("curve", Number(this.curve.value)));
  }

  onSubmit(event) {
    event.preventDefault();
    const form = event.target;
    const values = Object.fromEntries(new FormData(form));
    if (form.dataset.panel === "block") this.editor.drawBlockAtMark();
    else if (form.dataset.panel !== "aisle") this.editor.act(`set-${form.dataset.form}`, values);
  }

  /** The options of a new block. */
  block() {
    const { rows, places, row_gap, place_gap } = this.root.querySelector("form[data-panel=block]").elements;
    const number = (field) => Math.min(Number(field.max), Math.max(Number(field.min), Math.round(Number(field.value)) || Number(field.min)));
    return { rows: number(rows), places: number(places), rowGap: number(row_gap), placeGap: number(place_gap) };
  }

  onlyChosenRows() {
    return this.root.querySelector("[name=chosen_rows]").checked;
  }

  openNumber() {
    const details = this.find("number");
    details.open = true;
    details.querySelector("select").focus();
  }

  openZone() {
    this.root.querySelector("#zone").focus();
  }

  render() {
    const { plan, ids, tool, names, history } = this.editor;
    const seats = chosen(plan, ids);
    const panel = tool === "select" ? (seats.length ? "seats" : "nothing") : tool;
    for (const each of this.root.querySelectorAll("[data-panel]")) each.hidden = each.dataset.panel !== panel && !(each.dataset.panel === "seats" && seats.length);
    for (const button of this.root.querySelectorAll(".plan-bar [data-act]")) this.showButton(button, seats.length);
    if (seats.length) this.showSeats(seats);
    const { words } = names;
    this.find("count").textContent = fill(words.count, { seats: plan.seats.length });
    this.find("state").textContent = this.editor.saving.busy ? words.saving : history.isSaved ? words.saved : words.unsaved;
    this.find("state").toggleAttribute("data-unsaved", !history.isSaved);
    if (document.activeElement !== this.curve) this.curve.value = plan.curve;
    this.find("curve-value").textContent = plan.curve;
    this.showZones();
  }

  showButton(button, count) {
    const { history, tool, copied, saving } = this.editor;
    const act = button.dataset.act;
    if (["select", "block", "aisle"].includes(act)) button.setAttribute("aria-pressed", String(tool === act));
    const off = { undo: !history.canUndo, redo: !history.canRedo, copy: !count, delete: !count, paste: !copied, save: history.isSaved || saving.busy }[act];
    if (off !== undefined) button.setAttribute("aria-disabled", String(off));
  }

  showSeats(seats) {
    const { words } = this.editor.names;
    this.find("chosen-title").textContent = seats.length === 1 ? words.chosen_one : fill(words.chosen, { number: seats.length });
    this.find("chosen").textContent = this.editor.names.listed(seats.map((seat) => seat.label || "?"));
    const same = (name) => (seats.every((seat) => seat[name] === seats[0][name]) ? seats[0][name] : null);
    for (const button of this.root.querySelectorAll("[data-act=kind]")) button.setAttribute("aria-pressed", String(same("kind") === button.dataset.value));
    for (const button of this.root.querySelectorAll("[data-act=held]")) button.setAttribute("aria-pressed", String(same("held") === button.dataset.value));
    const form = this.root.querySelector("[data-form=name]");
    form.hidden = same("row") === null && seats.length > 1;
    // What somebody is typing is left alone.
    if (!form.contains(document.activeElement)) {
      form.elements.row.value = same("row") ?? "";
      form.elements.place.value = seats[0].place;
    }
    form.elements.place.disabled = seats.length > 1;
    form.classList.toggle("is-many", seats.length > 1);
    const zone = this.root.querySelector("#zone");
    if (document.activeElement !== zone) zone.value = same("zone") ?? "";
  }

  showZones() {
    const { looks, names } = this.editor;
    const told = JSON.stringify([...looks]);
    if (told === this.zonesShown) return;
    this.zonesShown = told;
    this.find("zones").replaceChildren(...[STANDARD, ...[...looks.keys()].filter((zone) => zone !== STANDARD)].map((zone) => new Option("", zone)));
    this.find("legend").replaceChildren(...[...looks].map(([zone, look]) => legendItem(look, names.zoneName(zone))));
  }
}

function legendItem(look, name) {
  const svg = element("svg", { class: "seats key", viewBox: "-22 -20 44 40", width: 33, height: 30, "aria-hidden": "true" });
  const seat = svg.appendChild(element("g", { class: "seat", "data-z": look || null }));
  seat.append(element("use", { href: "#k-standard" }));
  if (look) seat.append(element("use", { class: "z", href: `#z${look}` }));
  const item = document.createElement("li");
  item.append(svg, shown(document.createElement("span"), name));
  return item;
}
