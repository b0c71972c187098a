// A hand scanner is a keyboard that types fast and ends with Enter. It is heard anywhere on the page, but not in a field.

// Some are slow over the air. No hand keeps this up for eight keys.
const BETWEEN_KEYS = 100;
const CHARACTERS_MIN = 8;
const CHARACTERS_MAX = 2000;
const FIELDS = "input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]";
// What a key has on it where the scanner thinks it is at: a keyboard of the United States.
const KEYS = { Minus: "-_", Equal: "=+", Slash: "/?", Period: ".>", Semicolon: ";:", Comma: ",<", Space: "  ", Quote: "'\"" };
const SHIFTED_DIGITS = ")!@#$%^&*(";

/** Calls `scanned(code)` for what comes fast enough to be no hand. */
export function listenToHandScanner(scanned) {
  let typed = "";
  let placed = "";
  let last = -Infinity;
  window.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest?.(FIELDS)) return;
    if (event.timeStamp - last > BETWEEN_KEYS) typed = placed = "";
    last = event.timeStamp;
    if (event.key === "Enter") {
      // With another layout than the scanner's, what the keys mean here is not what it meant.
      const code = /^[\x20-\x7e]*$/.test(typed) ? typed : placed;
      typed = placed = "";
      if (code.length < CHARACTERS_MIN) return;
      // The focus may be on a button: Enter would press it.
      event.preventDefault();
      event.stopPropagation();
      scanned(code);
    } else if (event.key.length === 1) {
      if (typed.length > CHARACTERS_MAX) return;
      if (typed !== "" && event.key === " ") event.preventDefault();
      typed += event.key;
      placed += byPlace(event);
    }
  }, { capture: true });
}

function byPlace({ code, shiftKey }) {
  if (code.startsWith("Key")) return shiftKey ? code[3] : code[3].toLowerCase();
  if (code.startsWith("Digit")) return shiftKey ? SHIFTED_DIGITS[code[5]] : code[5];
  return KEYS[code]?.[shiftKey ? 1 : 0] ?? "";
}
