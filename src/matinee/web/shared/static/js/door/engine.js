// The engine of a scanner: asks the server while there is a network, decides alone where there is none, and loses no scan.
//
// A scan gets its number, and is on the disk with it, before anything is sent. It keeps that number until it is answered,
// so the server deals with it once, however often it is told. docs/decisions/scanner-decides-alone.md says why it decides so.
//
// Events, each with a `detail`:
//   state     `state` of the engine: {online, signedOut, waiting, stuck, lastList, durable, canDecide, elsewhere}
//   counts    Map screening id -> {tickets, inside}
//   list      {screenings, cancelled}: the list changed; `cancelled`: ids of screenings that were cancelled since the last one
//   conflict  {sequence, at, answer}: this scanner let somebody in who should not have come in, as it turns out
// Answers are those of the server. Besides, `offline` is true where the scanner decided alone, and `result` is
// "unavailable" where it could neither ask nor decide: nobody was let in then.

import { Asking, NoAnswer } from "./asking.js";
import { decode, encode } from "./base64url.js";
import { bare, readCode } from "./codes.js";
import { countsAfter, countsAsTold } from "./counting.js";
import { decide, emptyAnswer } from "./deciding.js";
import { DoorList, saltedHash } from "./door_list.js";
import { Ledger } from "./ledger.js";
import { Link } from "./link.js";
import { holdDoor } from "./one_tab.js";
import { told } from "./settling.js";
import { Signatures } from "./signatures.js";
import { openStorage } from "./storage.js";

const ANSWER_MS = 1500;
// As the server has it.
const UNDO_WITHIN_MS = 15 * 60_000;
const SALT_BYTES = 16;

/**
 * The engine of this door. Throws an Error with `code` "elsewhere" where another tab holds the scanner; `takeOver` takes it
 * from there. `device`: how the name of the device begins, `door`: what the door is called, `screenings`: their ids,
 * `urls`: {list, scans, me}, `token`: against forged requests, `now`: milliseconds of the device's clock, right or wrong.
 */
export async function openEngine({ takeOver = false, ...options }) {
  const engine = new Engine(options);
  await engine.open({ takeOver });
  return engine;
}

class Engine extends EventTarget {
  #asking; #ledger; #link; #salt; #release;
  #list = null;
  #signatures = new Signatures();
  #counts = new Map();
  #turn = Promise.resolve();
  #closed = false;
  #clockOffset = 0;
  #options;
  elsewhere = false;
  // When the list was last known to be right, in milliseconds of the device's clock; null before there was one.
  lastList = null;

  constructor({ device = "", door, screenings, urls, token, now = Date.now }) {
    super();
    this.#asking = new Asking({ urls, token });
    this.screenings = screenings.map(Number).sort((one, other) => one - other);
    this.#options = { label: device, door, screenings: this.screenings, now, lost: () => this.#sayState() };
    Object.assign(this, { door, now });
  }

  async open({ takeOver }) {
    this.#release = await holdDoor({ takeOver, lost: () => this.#lose() });
    this.#ledger = new Ledger({ storage: await openStorage(), ...this.#options });
    await this.#ledger.open();
    const salt = await this.#ledger.remembered("salt", () => encode(crypto.getRandomValues(new Uint8Array(SALT_BYTES))));
    this.#salt = decode(salt);
    if (this.durable) navigator.storage?.persist?.().catch(() => {});
    const kept = await this.#ledger.list();
    this.#link = this.#linked({ salt, etag: kept?.etag ?? null });
    if (kept) await this.#takeList(JSON.parse(kept.text), kept.at);
    else await this.#takeKeys((await this.#ledger.fact("keys")) ?? {});
    this.#link.start();
  }

  /** Judges a code that was read or typed; lets its ticket in where it may come in. */
  scan(code) {
    return this.#inTurn(() => this.#judge("scan", code));
  }

  /** The same, and lets in what is not paid. Online the server asks whether the user may. */
  letIn(code) {
    return this.#inTurn(() => this.#judge("let_in", code));
  }

  /** Takes back the last scan that let somebody in. */
  undo() {
    return this.#inTurn(() => this.#undo());
  }

  /** Screening id -> {tickets, inside}. */
  counts() {
    return new Map(this.#counts);
  }

  /** The screenings as in the list; empty before there was one. */
  list() {
    return this.#list?.screenings ?? [];
  }

  /** How many scans are not settled. */
  waiting() {
    return this.#ledger?.own.unsettled().length ?? 0;
  }

  /** Conflicts of this device that nobody dismissed: [{sequence, at, answer}]. */
  conflicts() {
    return this.#ledger.own.conflicts().map(conflictOf);
  }

  /** Whoever holds the scanner has seen it. */
  async dismissConflict(sequence) {
    const scan = this.#ledger.own.get(sequence);
    if (scan?.conflict) await this.#ledger.change({ put: [{ ...scan, conflict: false }] });
  }

  get online() {
    return this.#link?.online ?? false;
  }

  /** The name under which this device tells. */
  get device() {
    return this.#ledger.device;
  }

  /** Whether the device keeps what it is given. Without that nothing is decided alone. */
  get durable() {
    return this.#ledger?.durable ?? false;
  }

  /** Whether a code can be judged without the server: where it is kept, and the list or the keys of the house were heard once. */
  get canDecide() {
    const knows = this.#list !== null || this.#signatures.keys.size > 0;
    return this.durable && Boolean(globalThis.crypto?.subtle) && knows;
  }

  get state() {
    const { online, elsewhere, lastList, durable, canDecide } = this;
    const stuck = this.#ledger?.own.unsettled().filter((scan) => scan.stuck).length ?? 0;
    const signedOut = this.#link?.signedOut ?? false;
    return { online, signedOut, elsewhere, lastList, durable, canDecide, waiting: this.waiting(), stuck };
  }

  /** Tells what waits and asks for the list now. */
  refresh() {
    return this.#link.refresh();
  }

  /** Ends; everything is kept for the next time. */
  async close() {
    this.#closed = true;
    await Promise.allSettled([this.#turn, this.#link?.stop()]);
    this.#ledger?.close();
    this.#release?.();
  }

  // ---- judging

  async #judge(deed, text) {
    const code = readCode(text);
    if (code === null) return emptyAnswer("unknown", { offline: !this.online });
    const hash = globalThis.crypto?.subtle ? await saltedHash(code.ticketId, this.#salt) : null;
    if (!this.online) return this.#decideAlone({ deed, code, hash, text });
    const scan = await this.#ledger.number({ deed, code: bare(text), hash, state: "sent" });
    return (await this.#ask(scan)) ?? this.#decideAlone({ deed, code, hash, text, scan });
  }

  /** `scan`: what was sent under a number and not answered. */
  async #decideAlone({ deed, code, hash, text, scan = null }) {
    if (!this.canDecide) return this.#refuse(emptyAnswer("unavailable"), scan);
    const genuine = await this.#signatures.isGenuine(code);
    const moment = (at) => new Date(at + this.#clockOffset).toISOString();
    const known = { list: this.#list, own: this.#ledger.own, screenings: this.screenings };
    const answer = decide({ code, hash, genuine, deed, moment, ...known });
    if (answer.result !== "welcome") return this.#refuse(answer, scan);
    const screening = answer.screening?.id ?? Number(code.screeningId);
    const decided = { offline: true, state: "waiting", result: "welcome", screening, answer };
    let kept = scan && { ...scan, ...decided };
    if (kept) await this.#ledger.change({ put: [kept] });
    else kept = await this.#ledger.number({ deed, code: bare(text), hash, ...decided });
    // It could not be kept after all, so nobody goes in with it.
    if (!this.durable) return this.#refuse(emptyAnswer("unavailable"), kept);
    this.#countOne(kept, 1);
    this.#sayState();
    return { ...answer, sequence: kept.sequence, offline: true };
  }

  async #refuse(answer, scan) {
    if (scan) {
      await this.#ledger.takeBackUnanswered([scan]);
      this.#sayState();
    }
    return { ...answer, offline: true };
  }

  /** The answer to what has its number; null where there was none in time. */
  async #ask(scan) {
    try {
      const answer = await this.#asking.tell(told([scan], { now: this.now() }), { timeMs: ANSWER_MS });
      const found = answer.answers?.find(({ sequence }) => sequence === scan.sequence);
      if (!found) throw new NoAnswer("unreachable");
      await this.#ledger.settle([[scan, found]]);
      this.#list?.learn(scan.hash, found);
      this.#took(answer);
      return { ...found, offline: false };
    } catch (error) {
      this.#link.failed(error);
      return null;
    }
  }

  async #undo() {
    const scan = this.#ledger.own.last();
    const ago = scan ? this.now() - scan.at : Infinity;
    if (!scan || scan.undone || ago > UNDO_WITHIN_MS) return emptyAnswer("nothing_to_undo", { offline: !this.online });
    const asks = this.online && scan.state === "settled";
    const { sequence: undoes, hash, screening } = scan;
    const deed = { deed: "undo", code: "", undoes, hash, screening, offline: !asks, state: asks ? "sent" : "waiting" };
    const [undo] = await this.#ledger.change({
      put: [{ ...scan, undone: true, listed: false }], add: [this.#ledger.described(deed)],
    });
    const answer = asks ? await this.#ask(undo) : null;
    if (answer) return answer;
    if (asks) await this.#ledger.change({ put: [{ ...undo, offline: true, state: "waiting" }] });
    this.#countOne(scan, -1);
    this.#sayState();
    const inside = Math.max(0, (scan.answer?.order_in ?? 0) - 1);
    return { ...emptyAnswer("undone"), ...scan.answer, sequence: undo.sequence, result: "undone", order_in: inside, offline: true };
  }

  // ---- what the server says

  #linked(about) {
    return new Link({
      ...about, asking: this.#asking, ledger: this.#ledger,
      listed: async (found, settlings) => {
        const at = this.now();
        if (found) await this.#takeList(found.told, at, () => this.#ledger.keepList({ etag: found.etag, text: found.text, at }, settlings));
        else await this.#ledger.forgetListed(settlings);
        this.lastList = at;
      },
      settled: (conflicts) => {
        for (const scan of conflicts) this.#say("conflict", conflictOf(scan));
        this.#sayState();
      },
      took: (answer) => this.#took(answer),
      changed: () => this.#sayState(),
    });
  }

  /** `keep()` is called when the scanner goes by the new one, so that no ticket seems to be outside between the two. */
  async #takeList(toldList, at, keep = () => {}) {
    const before = new Map(this.list().map(({ id, cancelled }) => [id, cancelled]));
    this.#list = new DoorList(toldList);
    this.lastList = at;
    await keep();
    await this.#takeKeys(toldList.keys);
    this.#setCounts(this.#list.counts(this.#ledger.own));
    const cancelled = this.list().filter((each) => each.cancelled && before.get(each.id) === false).map(({ id }) => id);
    this.#say("list", { screenings: this.list(), cancelled });
  }

  async #takeKeys(keys) {
    if (!this.#signatures.differFrom(keys)) return;
    const signatures = new Signatures(keys);
    if (globalThis.crypto?.subtle) await signatures.prepare();
    this.#signatures = signatures;
    await this.#ledger.setFact("keys", keys);
  }

  #took(answer) {
    // For telling moments to people, and for nothing else.
    if (answer.now) this.#clockOffset = Date.parse(answer.now) - this.now() || 0;
    this.#setCounts(countsAsTold(this.#counts, answer.counts, { own: this.#ledger.own, screenings: this.screenings }));
  }

  #lose() {
    this.elsewhere = true;
    this.#closed = true;
    this.#link?.stop();
    this.#sayState();
  }

  // ---- small things

  #countOne(scan, by) {
    this.#setCounts(countsAfter(this.#counts, scan, by, { isUnlisted: !this.#list?.find(scan.hash) }));
  }

  #setCounts(counts) {
    const differ = JSON.stringify([...counts]) !== JSON.stringify([...this.#counts]);
    this.#counts = counts;
    if (differ) this.#say("counts", this.counts());
  }

  /** One deed after the other: what is said of the second hangs on the first. */
  #inTurn(deed) {
    const turn = this.#turn.then(() => {
      if (!this.#closed) return deed();
      throw Object.assign(new Error("the scanner is closed"), { code: this.elsewhere ? "elsewhere" : "closed" });
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  #sayState() {
    this.#say("state", this.state);
  }

  #say(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

function conflictOf({ sequence, at, answer }) {
  return { sequence, at, answer };
}
