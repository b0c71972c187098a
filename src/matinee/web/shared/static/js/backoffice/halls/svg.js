// Making and changing elements of SVG.

const SVG = "http://www.w3.org/2000/svg";

export function element(name, attributes = {}) {
  const made = document.createElementNS(SVG, name);
  set(made, attributes);
  return made;
}

/** Sets attributes that differ; null takes one away. */
export function set(target, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null) target.removeAttribute(name);
    else if (target.getAttribute(name) !== String(value)) target.setAttribute(name, value);
  }
}

export function shown(target, text) {
  target.textContent = text;
  return target;
}
