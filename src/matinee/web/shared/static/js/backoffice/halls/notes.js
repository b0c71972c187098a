// What is said: refusals over the plan, where one looks; everything else to whoever listens.

export class Notes {
  constructor(frame, said, words) {
    Object.assign(this, { frame, said, words });
  }

  say(text) {
    this.said.textContent = text;
  }

  clear() {
    this.frame.replaceChildren();
  }

  show(text, { good = false, items = [], conflicts = [] } = {}) {
    const note = document.createElement("div");
    note.className = `notice notice-${good ? "good" : "error"}`;
    note.append(made("p", text));
    if (items.length) {
      const list = note.appendChild(document.createElement("ul"));
      list.append(...items.map((item) => made("li", item)));
    }
    if (conflicts.length) note.append(this.table(conflicts));
    this.frame.replaceChildren(note);
  }

  table(conflicts) {
    const { words } = this;
    const scroll = document.createElement("div");
    scroll.className = "list-scroll plan-conflicts";
    scroll.tabIndex = 0;
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", words.conflicts_title);
    const table = scroll.appendChild(document.createElement("table"));
    table.className = "list";
    const head = table.createTHead().insertRow();
    for (const word of [words.col_seat, words.col_what, words.col_screening, words.col_order]) {
      const cell = head.appendChild(made("th", word));
      cell.scope = "col";
    }
    const body = table.createTBody();
    for (const { seat, harm, screening, order, state } of conflicts) {
      const row = body.insertRow();
      for (const text of [seat, harm, screening, `${order} (${state})`]) row.append(made("td", text));
    }
    return scroll;
  }
}

function made(name, text) {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}
