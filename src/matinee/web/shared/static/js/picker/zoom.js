// Size of the map: buttons, Ctrl and the wheel, two fingers. Dragging moves it, once it is larger than its frame.
//
// Zooming sets one transform and the size of the stage: no seat is laid out anew, however many there are.

const STEP = 1.5;
// Pixels from seat to seat: what a finger needs after zooming in, and below what a phone begins zoomed in.
const FINGER_PIXELS = 52;
const BEGIN_PIXELS = 25;
const BEGIN_ZOOMED_PIXELS = 34;
const COLUMN = 40;
// A press that moves further is no click.
const CLICK_PIXELS = 6;
const REST_MILLISECONDS = 150;

export class Zoom {
  constructor(frame, stage, svg, buttons) {
    Object.assign(this, { frame, stage, svg, buttons, scale: 1 });
    this.natural = Number(svg.getAttribute("width"));
    const box = svg.viewBox.baseVal;
    this.box = { width: box.width, height: box.height };
    this.rows = this.rowLetters();
    this.measure();
    this.begin();
    this.listen();
  }

  /** The row letters once more, at the edge of the frame: those of the drawing are out of sight when it is zoomed in. */
  rowLetters() {
    const strip = document.createElement("div");
    strip.className = "map-rows";
    strip.setAttribute("aria-hidden", "true");
    for (const group of this.svg.querySelectorAll("[data-row]")) {
      const text = group.querySelector(".row");
      if (!text) continue;
      const letter = document.createElement("span");
      letter.textContent = group.dataset.row;
      letter.style.setProperty("--y", text.getAttribute("y"));
      strip.append(letter);
    }
    strip.hidden = strip.childElementCount === 0;
    strip.style.setProperty("--high", this.svg.viewBox.baseVal.height);
    this.stage.prepend(strip);
    return strip;
  }

  /** The size at which the whole hall is seen; the frame's height follows. */
  measure() {
    this.frameWidth = this.frame.clientWidth;
    this.fitWidth = Math.min(this.frameWidth, this.natural);
    this.fitHeight = (this.fitWidth * this.box.height) / this.box.width;
    this.cell = (this.fitWidth / this.box.width) * COLUMN;
    this.max = Math.max(2, FINGER_PIXELS / this.cell);
    this.svg.style.width = `${this.fitWidth}px`;
    this.svg.style.height = `${this.fitHeight}px`;
  }

  begin() {
    const narrow = window.matchMedia("(max-width: 48rem)").matches;
    const wanted = narrow && this.cell < BEGIN_PIXELS ? BEGIN_ZOOMED_PIXELS / this.cell : 1;
    this.apply(wanted);
    if (wanted > 1) {
      this.frame.scrollLeft = (this.fitWidth * this.scale - this.frameWidth) / 2;
      this.frame.scrollTop = Math.max(0, this.fitHeight * this.scale * 0.55 - this.frame.clientHeight / 2);
    }
  }

  /** Shows the map `scale` times its fitting size; what is at `x`, `y` of the frame stays there. */
  apply(scale, x = this.frameWidth / 2, y = this.frame.clientHeight / 2) {
    const next = Math.min(this.max, Math.max(1, scale));
    const ratio = next / this.scale;
    const { scrollLeft, scrollTop } = this.frame;
    const fits = next < 1.01;
    this.scale = fits ? 1 : next;
    const width = this.fitWidth * this.scale;
    const height = this.fitHeight * this.scale;
    this.stage.style.width = `${width}px`;
    this.stage.style.height = `${height}px`;
    this.svg.style.transform = fits ? "" : `scale(${this.scale})`;
    // A wide hall is a flat stripe on a phone: zoomed in, it may have more of the screen.
    this.frame.style.height = fits ? "" : `${Math.min(height, Math.max(this.fitHeight, window.innerHeight * 0.6))}px`;
    this.frame.classList.toggle("is-zoomed", !fits);
    this.rows.style.setProperty("--unit", width / this.box.width);
    this.frame.scrollLeft = (scrollLeft + x) * ratio - x;
    this.frame.scrollTop = (scrollTop + y) * ratio - y;
    this.buttons.out.disabled = fits;
    this.buttons.fit.disabled = fits;
    this.buttons.in.disabled = this.scale >= this.max - 0.01;
  }

  /** Brings a seat into the frame, with some room around it, where the map is zoomed in. */
  reveal(seat) {
    if (this.scale === 1) return;
    const unit = (this.fitWidth * this.scale) / this.box.width;
    const room = COLUMN * unit * 1.5;
    const within = (start, length, at) => Math.max(at - length + room, Math.min(start, at - room));
    this.frame.scrollLeft = within(this.frame.scrollLeft, this.frameWidth, seat.x * unit);
    this.frame.scrollTop = within(this.frame.scrollTop, this.frame.clientHeight, seat.y * unit);
  }

  listen() {
    const { frame, buttons } = this;
    buttons.in.addEventListener("click", () => this.apply(this.scale * STEP));
    buttons.out.addEventListener("click", () => this.apply(this.scale / STEP));
    buttons.fit.addEventListener("click", () => this.apply(1));
    frame.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    new ResizeObserver(() => this.onResize()).observe(frame.parentElement);
    this.pointers = new Map();
    frame.addEventListener("pointerdown", (event) => this.onDown(event));
    frame.addEventListener("pointermove", (event) => this.onMove(event));
    for (const name of ["pointerup", "pointercancel"]) frame.addEventListener(name, (event) => this.onUp(event));
    // The end of a drag is no click on a seat.
    frame.addEventListener("click", (event) => this.wasDragged && event.stopPropagation(), { capture: true });
    // Two fingers are ours; one scrolls the page, or the map where it is zoomed in.
    frame.addEventListener("touchmove", (event) => event.touches.length > 1 && event.preventDefault(), { passive: false });
  }

  onResize() {
    if (this.frame.clientWidth === this.frameWidth) return;
    this.measure();
    this.apply(this.scale);
  }

  onWheel(event) {
    // The bare wheel scrolls the page.
    if (!event.ctrlKey) return;
    event.preventDefault();
    const box = this.frame.getBoundingClientRect();
    const { clientX, clientY } = event;
    this.wheeled = (this.wheeled ?? 1) * Math.exp(-Math.max(-60, Math.min(60, event.deltaY)) / 200);
    this.soon(() => {
      const by = this.wheeled;
      this.wheeled = 1;
      this.hurry();
      this.apply(this.scale * by, clientX - box.left, clientY - box.top);
    });
  }

  onDown(event) {
    this.wasDragged = false;
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const scrollsByItself = event.pointerType !== "mouse" && getComputedStyle(this.frame).overflowX === "auto";
    this.start = { x: event.clientX, y: event.clientY, left: this.frame.scrollLeft, top: this.frame.scrollTop };
    this.mayDrag = event.button === 0 && this.scale > 1 && !scrollsByItself;
    if (this.pointers.size === 2) this.pinch = { apart: this.apart(), scale: this.scale };
  }

  onMove(event) {
    if (!this.pointers.has(event.pointerId)) return;
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (this.pinch && this.pointers.size === 2) {
      this.wasDragged = true;
      this.soon(() => this.pinched());
      return;
    }
    if (!this.mayDrag) return;
    const [dx, dy] = [event.clientX - this.start.x, event.clientY - this.start.y];
    if (!this.wasDragged && Math.hypot(dx, dy) < CLICK_PIXELS) return;
    if (!this.wasDragged) this.frame.setPointerCapture(event.pointerId);
    this.wasDragged = true;
    this.frame.classList.add("is-dragged");
    this.soon(() => {
      this.frame.scrollLeft = this.start.left - dx;
      this.frame.scrollTop = this.start.top - dy;
    });
  }

  onUp(event) {
    this.pointers.delete(event.pointerId);
    if (this.pointers.size < 2) this.pinch = null;
    this.mayDrag = false;
    this.frame.classList.remove("is-dragged");
    if (event.type === "pointercancel") this.wasDragged = false;
  }

  pinched() {
    if (!this.pinch || this.pointers.size !== 2) return;
    const [one, other] = [...this.pointers.values()];
    const box = this.frame.getBoundingClientRect();
    this.hurry();
    const middle = [(one.x + other.x) / 2 - box.left, (one.y + other.y) / 2 - box.top];
    this.apply((this.pinch.scale * this.apart()) / this.pinch.apart, ...middle);
  }

  /** While the size changes with every frame the browser enlarges what it has drawn; sharp again when it rests. */
  hurry() {
    this.svg.classList.add("is-growing");
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.svg.classList.remove("is-growing"), REST_MILLISECONDS);
  }

  apart() {
    const [one, other] = [...this.pointers.values()];
    return Math.hypot(one.x - other.x, one.y - other.y) || 1;
  }

  /** Once a frame is enough, however many events come. */
  soon(work) {
    const waits = this.waiting !== undefined;
    this.waiting = work;
    if (waits) return;
    requestAnimationFrame(() => {
      const last = this.waiting;
      this.waiting = undefined;
      last();
    });
  }
}
