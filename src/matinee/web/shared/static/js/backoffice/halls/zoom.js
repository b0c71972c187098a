// How large the plan is shown. The frame scrolls by itself.

const SCALE_LEAST = 0.3;
const SCALE_MOST = 2.5;
const STEP = 1.25;
const MARGIN = 60;

export class Zoom {
  constructor(frame, svg) {
    Object.assign(this, { frame, svg, scale: null });
    frame.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
  }

  onWheel(event) {
    // The bare wheel scrolls.
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.by(event.deltaY < 0 ? STEP : 1 / STEP);
  }

  /** Keeps the middle of what is seen in the middle. */
  by(factor) {
    const { frame } = this;
    const old = this.scale;
    this.apply(old * factor);
    const grown = this.scale / old;
    frame.scrollLeft = (frame.scrollLeft + frame.clientWidth / 2) * grown - frame.clientWidth / 2;
    frame.scrollTop = (frame.scrollTop + frame.clientHeight / 2) * grown - frame.clientHeight / 2;
  }

  fit() {
    const { width, height } = this.size;
    const { clientWidth, clientHeight } = this.frame;
    this.apply(Math.min(clientWidth / width, Math.max(clientHeight, 300) / height, 1.2));
  }

  apply(scale) {
    this.scale = Math.min(SCALE_MOST, Math.max(SCALE_LEAST, scale));
    this.resize(this.size);
  }

  /** The drawing has this size in units now. */
  resize(size) {
    this.size = size;
    if (this.scale === null) {
      this.scale = 1;
      this.fit();
      // On a phone the whole hall would be too small to touch.
      if (this.scale < 0.55) this.apply(0.75);
    }
    this.svg.style.width = `${size.width * this.scale}px`;
    this.svg.style.height = `${size.height * this.scale}px`;
  }

  /** Scrolls so that a point is seen. */
  reveal({ x, y }) {
    const { frame, scale } = this;
    const [left, top] = [x * scale, y * scale];
    if (left < frame.scrollLeft + MARGIN) frame.scrollLeft = left - MARGIN;
    if (left > frame.scrollLeft + frame.clientWidth - MARGIN) frame.scrollLeft = left - frame.clientWidth + MARGIN;
    if (top < frame.scrollTop + MARGIN) frame.scrollTop = top - MARGIN;
    if (top > frame.scrollTop + frame.clientHeight - MARGIN) frame.scrollTop = top - frame.clientHeight + MARGIN;
  }
}
