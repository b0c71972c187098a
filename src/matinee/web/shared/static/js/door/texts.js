// What the page says, as the server put it in the language of whoever is at work; and what it was told besides.

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const texts = read("door-texts");

/** What the server says of this page: addresses, the token, and what whoever holds the scanner may do. */
export const told = read("door-told");

/** The text of this name; `{seat}` in it becomes `values.seat`. */
export function text(name, values = {}) {
  return (texts[name] ?? name).replace(/\{(\w+)\}/g, (whole, key) => String(values[key] ?? whole));
}
