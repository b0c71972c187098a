// What is told to ear and hand: each answer has a sound and a tremble of its own. The first touch lets the browser sound.

import { keep, kept } from "./kept.js";

// Frequency in Hz, length and pause after it in seconds.
const GOOD = [[660, 0.09, 0.01], [990, 0.16, 0]];
const CAREFUL = [[660, 0.09, 0.01], [990, 0.1, 0.06], [990, 0.1, 0]];
const BAD = [[165, 0.22, 0.08], [165, 0.32, 0]];
const OTHER = [[520, 0.14, 0.03], [390, 0.14, 0.03], [290, 0.22, 0]];
const SOUNDS = {
  welcome: ["sine", GOOD, [70]],
  careful: ["sine", CAREFUL, [70, 60, 70]],
  already_in: ["square", BAD, [250, 90, 250]],
  conflict: ["square", [...BAD, [165, 0.4, 0]], [400, 100, 400, 100, 400]],
  other_screening: ["triangle", OTHER, [150, 70, 150, 70, 150]],
  unpaid: ["triangle", [[440, 0.16, 0.1], [440, 0.16, 0.1], [440, 0.16, 0]], [180, 80, 180]],
  refunded: ["square", [[300, 0.18, 0.04], [150, 0.4, 0]], [500]],
  unknown: ["square", [[200, 0.45, 0]], [350]],
  unavailable: ["square", [[300, 0.15, 0.1], [300, 0.15, 0]], [150, 80, 150]],
  undone: ["sine", [[700, 0.08, 0.02], [470, 0.12, 0]], [40, 40, 40]],
  nothing_to_undo: ["sine", [[300, 0.12, 0]], [40]],
};
const LOUDNESS = { sine: 0.5, triangle: 0.5, square: 0.16 };

let context = null;
let muted = kept("muted", false);

function wake() {
  if (!window.AudioContext) return;
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume().catch(() => {});
}

for (const name of ["pointerdown", "keydown"]) window.addEventListener(name, wake, { capture: true, passive: true });

export const isMuted = () => muted;

export function mute(on) {
  muted = on;
  keep("muted", on);
}

/** Sound and tremble of an answer. */
export function signal(name) {
  const [shape, tones, tremble] = SOUNDS[name] ?? SOUNDS.unknown;
  if (navigator.userActivation?.hasBeenActive !== false) navigator.vibrate?.(tremble);
  if (!muted && context?.state === "running") play(shape, tones);
}

function play(shape, tones) {
  let at = context.currentTime;
  for (const [frequency, length, pause] of tones) {
    const tone = new OscillatorNode(context, { type: shape, frequency });
    const loudness = new GainNode(context, { gain: 0 });
    // Without a slope at both ends it crackles.
    loudness.gain.setValueAtTime(0, at);
    loudness.gain.linearRampToValueAtTime(LOUDNESS[shape], at + 0.008);
    loudness.gain.setValueAtTime(LOUDNESS[shape], at + length - 0.02);
    loudness.gain.linearRampToValueAtTime(0, at + length);
    tone.connect(loudness).connect(context.destination);
    tone.start(at);
    tone.stop(at + length);
    at += length + pause;
  }
}
