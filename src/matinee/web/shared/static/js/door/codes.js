// What the code of a ticket says. Reads exactly what the server reads (tickets/codes.py): the tests hold both against one table.

const CHARACTERS_MAX = 600;
const TICKET_ID = /^[A-Za-z0-9]{16}$/;
const ADDRESS = /^https?:(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#.*)?$/i;
const HOST_WITH_BRACKETS = /^(?:[^@[\]]*@)?\[[0-9a-f:.]+\](?::\d*)?$/i;
const PATH = /\/(?:[a-z]{2}\/)?(?:tikets|tickets)\/([A-Za-z0-9]{16})(?:\.png|\.svg)?$/;
const SIGNED = /^([A-Z0-9]{1,6})\.([1-9][0-9]{0,17})\.([^.]*)\.([A-Za-z0-9_-]{86})$/;
// What is not drawn: control, format, private, unassigned, half of a pair, and all blanks but the plain one.
const NOT_PRINTABLE = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;

// What the server takes off both ends, some of which scanners put there themselves.
const ENDS = /^(?:(?!\ufeff)[\s\x1c-\x1f\x85])+|(?:(?!\ufeff)[\s\x1c-\x1f\x85])+$/g;

/** Without what stands around it. */
export function bare(text) {
  return text.replace(ENDS, "");
}

/** A name as the server takes it. */
export function printable(text, charactersMax) {
  return text.trim().slice(0, charactersMax).replace(/\p{Zs}/gu, " ").replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "").trim();
}

/**
 * `{ticketId, screeningId, seat, keyId, signature}` of an address of a ticket or of its id; null for everything else.
 * Without a signature the last four are null. `screeningId` is text: its digits are what was signed.
 */
export function readCode(text) {
  if (typeof text !== "string" || text.length > 4 * CHARACTERS_MAX) return null;
  const trimmed = bare(text);
  if (!trimmed || [...trimmed].length > CHARACTERS_MAX || NOT_PRINTABLE.test(trimmed)) return null;
  if (TICKET_ID.test(trimmed)) return unsigned(trimmed);
  return readAddress(trimmed);
}

/** What is signed. */
export function signedMessage({ ticketId, screeningId, seat }) {
  return new TextEncoder().encode(`matinee-ticket 1\n${ticketId}\n${screeningId}\n${seat}`);
}

// Of whatever site: the same house may be reached by another name by now.
function readAddress(text) {
  const address = ADDRESS.exec(text);
  if (address === null) return null;
  const [, host = "", path, query = ""] = address;
  if (/[[\]]/.test(host) && !HOST_WITH_BRACKETS.test(host)) return null;
  const found = PATH.exec(path);
  if (found === null) return null;
  if (query === "") return unsigned(found[1]);
  const signed = SIGNED.exec(query.startsWith("c=") ? query.slice(2) : query);
  if (signed === null) return null;
  const [, keyId, screeningId, seat, signature] = signed;
  return { ticketId: found[1].toUpperCase(), screeningId, seat: unquote(seat), keyId, signature };
}

function unsigned(ticketId) {
  return { ticketId: ticketId.toUpperCase(), screeningId: null, seat: null, keyId: null, signature: null };
}

// decodeURIComponent throws at bytes that are no UTF-8; the server replaces them.
function unquote(text) {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
    const bytes = Uint8Array.from(run.slice(1).split("%"), (digits) => parseInt(digits, 16));
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  });
}
