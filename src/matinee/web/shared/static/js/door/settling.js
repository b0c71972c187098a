// Telling what was decided without a network, oldest first, until everything is settled.

import { NoAnswer } from "./asking.js";

// As many as the server takes at once.
export const SCANS_MAX = 100;
const SETTLE_MS = 15_000;
const NAMES_MAX = 3;

/** What one post says. All of the scans are of one device, one door and one choice of screenings. */
export function told(scans, { now }) {
  const [{ device, door, screenings }] = scans;
  return {
    device, door, screenings, device_now: isoMoment(now),
    scans: scans.map(({ sequence, deed, code, at, offline, undoes }) => ({
      sequence, deed, code, at: isoMoment(at), offline, undoes: undoes ?? null,
    })),
  };
}

/**
 * Tells all that waits. `settle(scan, answer)` stores what became of one, `rename()` gives the rest another name of the
 * device, `setAside(scan)` keeps one that the server does not take. Throws NoAnswer; what was answered until then is settled.
 */
export async function settleAll({ own, asking, now, settle, took, rename, setAside }) {
  let atOnce = SCANS_MAX;
  let names = 0;
  for (let batch = nextOf(own, atOnce); batch.length; batch = nextOf(own, atOnce)) {
    try {
      const answer = await asking.tell(told(batch, { now: now() }), { timeMs: SETTLE_MS, behind: true });
      await settleBatch(batch, answer, settle);
      took(answer);
    } catch (error) {
      const isAbout = error.kind === "told_differently" || error.kind === "refused";
      if (!isAbout) throw error;
      // Which one it is about shows when they are told one by one; those before it are settled then.
      if (batch.length > 1) atOnce = 1;
      else if (error.kind === "refused") await setAside(batch[0]);
      else if (++names > NAMES_MAX) throw error;
      else {
        await rename();
        atOnce = SCANS_MAX;
      }
    }
  }
}

async function settleBatch(batch, answer, settle) {
  const answers = new Map((answer.answers ?? []).map((each) => [each.sequence, each]));
  const answered = batch.filter((scan) => answers.has(scan.sequence));
  if (!answered.length) throw new NoAnswer("unreachable", "none of the scans was answered");
  await settle(answered.map((scan) => [scan, answers.get(scan.sequence)]));
}

/** The oldest that wait, as far as one post can say them. */
function nextOf(own, most) {
  const waiting = own.toTell();
  const group = (scan) => JSON.stringify([scan.device, scan.door, scan.screenings]);
  const end = waiting.findIndex((scan) => group(scan) !== group(waiting[0]));
  return waiting.slice(0, Math.min(most, end < 0 ? waiting.length : end));
}

// A clock that stands at a year that cannot be written down is as wrong as any other.
function isoMoment(ms) {
  return new Date(Math.min(Math.max(ms, 0), Date.UTC(9999, 0))).toISOString();
}
