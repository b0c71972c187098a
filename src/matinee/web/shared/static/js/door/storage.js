// What the scanner keeps on the device: its scans with their numbers, its name and salt, the list.
// Every change is one transaction, which is on the disk when its promise is kept.

const NAME = "matinee-door";
const VERSION = 1;
const OPEN_MS = 3000;
const LISTS_MAX = 3;

/** Storage of the device; in memory alone (`durable` is false) where it has none for us. */
export async function openStorage() {
  try {
    return new DeviceStorage(await opened());
  } catch {
    return new MemoryStorage();
  }
}

class DeviceStorage {
  durable = true;

  isClosed = false;

  constructor(db) {
    this.#use(db);
  }

  fact(key) {
    return this.#opened(() => asked(this.db.transaction("facts").objectStore("facts").get(key)));
  }

  setFact(key, value) {
    return this.#opened(() => {
      const transaction = this.db.transaction("facts", "readwrite");
      transaction.objectStore("facts").put(value, key);
      return done(transaction);
    });
  }

  /** All scans, in the order of their numbers. */
  scans() {
    return this.#opened(() => asked(this.db.transaction("scans").objectStore("scans").getAll()));
  }

  /** Some browsers close what a page in the background had open. Nothing was begun then, so nothing is done twice. */
  async #opened(work) {
    try {
      return await work();
    } catch (error) {
      if (error?.name !== "InvalidStateError" || this.isClosed) throw error;
      this.#use(await opened());
      return work();
    }
  }

  #use(db) {
    this.db = db;
    db.onversionchange = () => db.close();
  }

  /** All of it or nothing. `add`: scans that get the next numbers; gives them with these. `remove`: numbers. */
  async change(what) {
    try {
      return await this.#opened(() => this.changeOnce(what));
    } catch (error) {
      if (error?.name !== "QuotaExceededError") throw error;
      // Lists come again; scans do not.
      await this.forgetLists(0);
      return this.changeOnce(what);
    }
  }

  async changeOnce({ add = [], put = [], remove = [] }) {
    const transaction = this.db.transaction(["facts", "scans"], "readwrite", { durability: "strict" });
    const finished = done(transaction);
    finished.catch(() => {});
    const [facts, scans] = [transaction.objectStore("facts"), transaction.objectStore("scans")];
    const next = add.length ? ((await asked(facts.get("next"))) ?? 1) : null;
    const added = add.map((scan, position) => ({ ...scan, sequence: next + position }));
    if (add.length) facts.put(next + add.length, "next");
    for (const scan of [...put, ...added]) scans.put(scan);
    for (const sequence of remove) scans.delete(sequence);
    await finished;
    return added;
  }

  /** The list that was kept under this key: `{etag, text, at}`. */
  list(key) {
    return this.#opened(() => asked(this.db.transaction("lists").objectStore("lists").get(key)));
  }

  async keepList(key, list) {
    await this.#opened(() => {
      const transaction = this.db.transaction("lists", "readwrite");
      transaction.objectStore("lists").put(list, key);
      return done(transaction);
    });
    const keys = [key, ...((await this.fact("lists")) ?? []).filter((other) => other !== key)];
    await this.setFact("lists", keys);
    await this.forgetLists(LISTS_MAX);
  }

  async forgetLists(keep) {
    const keys = (await this.fact("lists")) ?? [];
    if (keys.length <= keep) return;
    const transaction = this.db.transaction(["lists", "facts"], "readwrite");
    for (const key of keys.slice(keep)) transaction.objectStore("lists").delete(key);
    transaction.objectStore("facts").put(keys.slice(0, keep), "lists");
    await done(transaction);
  }

  close() {
    this.isClosed = true;
    this.db.close();
  }
}

/** The same for as long as the page is open. What is in it alone must never have let anybody in. */
export class MemoryStorage {
  durable = false;
  #facts = new Map();
  #scans = new Map();

  /** `scans`: what could not be kept any more where it was. */
  constructor(scans = []) {
    for (const scan of scans) this.#scans.set(scan.sequence, scan);
    this.next = Math.max(0, ...this.#scans.keys()) + 1;
  }

  async fact(key) {
    return this.#facts.get(key);
  }

  async setFact(key, value) {
    this.#facts.set(key, value);
  }

  async scans() {
    return [...this.#scans.values()];
  }

  async change({ add = [], put = [], remove = [] }) {
    const added = add.map((scan) => ({ ...scan, sequence: this.next++ }));
    for (const scan of [...put, ...added]) this.#scans.set(scan.sequence, scan);
    for (const sequence of remove) this.#scans.delete(sequence);
    return added;
  }

  async list() {}

  async keepList() {}

  close() {}
}

function opened() {
  return new Promise((keep, fail) => {
    setTimeout(() => fail(new Error("the storage does not open")), OPEN_MS);
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("facts");
      request.result.createObjectStore("lists");
      request.result.createObjectStore("scans", { keyPath: "sequence" });
    };
    request.onsuccess = () => keep(request.result);
    request.onerror = () => fail(request.error);
  });
}

function asked(request) {
  return new Promise((keep, fail) => {
    request.onsuccess = () => keep(request.result);
    request.onerror = () => fail(request.error);
  });
}

function done(transaction) {
  return new Promise((keep, fail) => {
    transaction.oncomplete = () => keep();
    transaction.onabort = () => fail(transaction.error ?? new Error("the storage gave up"));
    transaction.onerror = () => fail(transaction.error ?? new Error("the storage gave up"));
  });
}
