// One tab at a time holds the scanner: two that count by themselves would tell each other's scans.

const NAME = "matinee-door";
// For so long the tab that is being reloaded may still hold it.
const WAIT_MS = 1500;

/** Holds the scanner; gives what lets it go. Throws an Error with `code` "elsewhere". `lost()`: another tab took it over. */
export async function holdDoor({ takeOver, lost }) {
  if (!navigator.locks) return () => {};
  return new Promise((keep, fail) => {
    let isHeld = false;
    const hold = () => new Promise((release) => {
      isHeld = true;
      keep(release);
    });
    // One that is taken over cannot wait, too.
    const options = takeOver ? { steal: true } : { signal: AbortSignal.timeout(WAIT_MS) };
    navigator.locks.request(NAME, options, hold).catch(() => {
      if (isHeld) lost();
      else fail(Object.assign(new Error("another tab holds the scanner"), { code: "elsewhere" }));
    });
  });
}
