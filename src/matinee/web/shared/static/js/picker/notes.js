// What is said: quietly for those who listen, and visibly at the map for everybody.

export class Notes {
  constructor(note, said) {
    this.note = note;
    this.said = said;
  }

  /** For screen readers alone, politely. */
  say(text) {
    // The same words twice are two announcements.
    this.said.textContent = this.said.textContent === text ? `${text} ` : text;
  }

  /** At the map, until something else happens. */
  show(text, { good = false } = {}) {
    const paragraph = document.createElement("p");
    paragraph.textContent = text;
    this.note.classList.toggle("is-good", good);
    this.note.replaceChildren(paragraph);
  }

  clear() {
    if (this.note.firstChild) this.note.replaceChildren();
  }
}
