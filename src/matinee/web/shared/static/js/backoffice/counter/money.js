// Amounts as people type them, and as they are written.

/** Minor units of "12.50" or "12,50"; null for what is no amount. */
export function parse(text, digits) {
  const plain = text.replace(/[\s']/g, "").replace(",", ".");
  if (!/^\d{1,12}(\.\d{1,3})?$/.test(plain)) return null;
  const [whole, part = ""] = plain.split(".");
  if (part.length > digits) return null;
  return Number(whole + part.padEnd(digits, "0"));
}

export function write(minor, digits, currency) {
  const language = document.documentElement.lang || undefined;
  return new Intl.NumberFormat(language, { style: "currency", currency }).format(minor / 10 ** digits);
}
