// The book of a scanner: every deed is written down with its number before it is told, and what became of it before it is said.

import { encode } from "./base64url.js";
import { printable } from "./codes.js";
import { OwnScans } from "./own_scans.js";
import { MemoryStorage } from "./storage.js";

const DEVICE_CHARACTERS_MAX = 40;
const DOOR_CHARACTERS_MAX = 60;
// Of chance in the name of a device: as good as never the same twice.
const NAME_CHARACTERS = 16;
const FORGOTTEN_MS = 2 * 24 * 3600_000;

export class Ledger {
  #storage;
  #isListKept = true;
  // Grows with each settling: tells which of them a list has seen.
  settlings = 0;

  /** `storage`: where it is kept; `label`: how the name of the device begins; `now`: the device's clock; `lost()`: nothing is kept any more. */
  constructor({ storage, label, door, screenings, now, lost }) {
    this.#storage = storage;
    this.door = printable(door, DOOR_CHARACTERS_MAX) || "-";
    Object.assign(this, { label: printable(label, DEVICE_CHARACTERS_MAX - NAME_CHARACTERS - 1) || "door", screenings, now, lost, own: new OwnScans() });
  }

  async open() {
    this.device = await this.remembered("device", () => this.#newName());
    this.own = new OwnScans(await this.#storage.scans().catch(() => []));
    await this.#afterACrash();
  }

  get durable() {
    return this.#storage.durable;
  }

  /** Writes a deed down under the next number. */
  async number(about) {
    const [scan] = await this.change({ add: [this.described(about)] });
    return scan;
  }

  described(about) {
    const { device, door, screenings } = this;
    return { device, door, screenings, at: this.now(), offline: false, undoes: null, result: null, ...about };
  }

  /** Stores it, then knows it; gives what was added, with its numbers. */
  async change(what) {
    let added;
    try {
      added = await this.#storage.change(what);
    } catch {
      this.#loseStorage();
      added = await this.#storage.change(what);
    }
    this.own.note({ put: [...(what.put ?? []), ...added], remove: what.remove });
    return added;
  }

  /** What was sent and then not let in here: should the server have let it in, it is out again. */
  async takeBackUnanswered(scans) {
    await this.change({
      remove: scans.map(({ sequence }) => sequence),
      add: scans.map(({ sequence, device }) => ({
        ...this.described({ deed: "undo", code: "", undoes: sequence, offline: true, state: "waiting" }), device,
      })),
    });
  }

  /** Writes down what became of scans, `answered` being [scan, answer]; gives the conflicts among them. */
  async settle(answered) {
    this.settlings += 1;
    const change = { put: [], remove: [] };
    for (const [scan, answer] of answered) {
      if (scan.deed === "undo") this.#settleUndo(scan, answer, change);
      // Its code is not needed any more, and opens nothing that should lie about.
      else if (answer.result === "welcome" || scan.offline) change.put.push(this.#settled(scan, answer));
      else change.remove.push(scan.sequence);
    }
    await this.change(change);
    return change.put.filter(({ state, conflict }) => state === "settled" && conflict);
  }

  #settled(scan, answer) {
    const known = this.own.get(scan.sequence) ?? scan;
    const isWelcome = answer.result === "welcome";
    return {
      ...known, answer, state: "settled", code: "", result: isWelcome ? "welcome" : "conflict",
      conflict: !isWelcome && !known.undone, screening: answer.screening?.id ?? scan.screening ?? null, settling: this.settlings,
    };
  }

  #settleUndo(undo, answer, change) {
    change.remove.push(undo.sequence);
    const isHere = (scan) => scan.sequence === undo.undoes;
    const undone = change.put.find(isHere) ?? this.own.get(undo.undoes);
    if (!undone) return;
    // Not taken back after all, or of a ticket that was somebody else's doing: the list says how it is.
    const listed = answer.result !== "undone" || undone.result !== "welcome";
    change.put = [...change.put.filter((scan) => !isHere(scan)), { ...undone, conflict: false, settling: this.settlings, listed }];
  }

  /**
   * Forgets what the list shows that was asked for after `settlings`. The last scan stays, to be taken back; so does
   * what the list is not about, for two days.
   */
  async forgetListed(settlings) {
    if (!this.#isListKept) return;
    const last = this.own.last()?.sequence;
    const undoing = new Set(this.own.unsettled().map(({ undoes }) => undoes));
    const isAbout = ({ screening, at }) => screening === null || this.screenings.includes(screening) || this.now() - at > FORGOTTEN_MS;
    const isSeen = (scan) => scan.settling <= settlings && !undoing.has(scan.sequence) && isAbout(scan);
    const listed = this.own.inOrder().filter((scan) => scan.state === "settled" && (scan.listed || isSeen(scan)));
    const stays = (scan) => scan.conflict || scan.sequence === last;
    const put = listed.filter((scan) => stays(scan) && !scan.listed).map((scan) => ({ ...scan, listed: true }));
    const remove = listed.filter((scan) => !stays(scan)).map(({ sequence }) => sequence);
    if (put.length || remove.length) await this.change({ put, remove });
  }

  /** Takes another name for whatever is not settled: something else was told under this one. */
  async rename() {
    this.device = this.#newName();
    await this.setFact("device", this.device);
    await this.change({ put: this.own.unsettled().map((scan) => ({ ...scan, device: this.device })) });
  }

  fact(key) {
    return this.#storage.fact(key).catch(() => undefined);
  }

  async setFact(key, value) {
    await this.#storage.setFact(key, value).catch(() => {});
  }

  /** What the device keeps under this key, made where it keeps nothing yet. */
  async remembered(key, make) {
    try {
      const known = await this.#storage.fact(key);
      if (known !== undefined) return known;
      const made = make();
      await this.#storage.setFact(key, made);
      return made;
    } catch {
      this.#loseStorage();
      return this.remembered(key, make);
    }
  }

  async list() {
    return this.#storage.list(this.#listKey).catch(() => undefined);
  }

  /** Keeps the list, and only then forgets what it shows: after a crash one of the two is there. */
  async keepList(list, settlings) {
    this.#isListKept = await this.#storage.keepList(this.#listKey, list).then(() => true, () => false);
    await this.forgetListed(settlings);
  }

  close() {
    this.#storage.close();
  }

  get #listKey() {
    return this.screenings.join(",");
  }

  // What is on the device stays there and is told again at the next opening; the server knows the numbers.
  #loseStorage() {
    this.#storage = new MemoryStorage(this.own.inOrder());
    this.device = this.#newName();
    this.lost();
  }

  #newName() {
    return `${this.label}-${encode(crypto.getRandomValues(new Uint8Array((NAME_CHARACTERS * 3) / 4)))}`;
  }

  // Nobody saw an answer to what was only sent, so it let nobody in. An undo was meant all the same.
  async #afterACrash() {
    const sent = this.own.inOrder().filter((scan) => scan.state === "sent");
    const undos = sent.filter(({ deed }) => deed === "undo").map((scan) => ({ ...scan, state: "waiting", offline: true }));
    // Of an earlier opening: any list from now on has it.
    const settled = this.own.inOrder().filter((scan) => scan.settling).map((scan) => ({ ...scan, settling: 0 }));
    const stuck = this.own.inOrder().filter((scan) => scan.stuck).map((scan) => ({ ...scan, stuck: false }));
    if (undos.length || settled.length || stuck.length) await this.change({ put: [...undos, ...settled, ...stuck] });
    const scans = sent.filter(({ deed }) => deed !== "undo");
    if (scans.length) await this.takeBackUnanswered(scans);
  }
}
