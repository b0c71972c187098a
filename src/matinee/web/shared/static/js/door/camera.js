// The camera: its picture, what it reads, its light. It rests while nobody looks at the page.

import { openDecoder } from "./decoder.js";

const PICTURE = { width: { ideal: 1280 }, height: { ideal: 720 } };
const REASONS = { NotAllowedError: "refused", SecurityError: "refused", NotReadableError: "busy", AbortError: "busy", NoDecoder: "broken" };
// Fifteen pictures a second are enough for a hand, and spare the battery.
const BETWEEN_PICTURES = 66;

/** Events: `code` (detail: codes in view), `state` (detail: "off", "starting", "on", "refused", "absent", "busy", "broken", "insecure"). */
export class Camera extends EventTarget {
  /** `isAwaited()`: whether anybody would do something with a code just now. */
  constructor(video, decoding, isAwaited) {
    super();
    Object.assign(this, { video, decoding, isAwaited, wanted: false, state: "off", stream: null, round: 0, other: null, paused: false });
    document.addEventListener("visibilitychange", () => (document.hidden ? this.release() : this.wanted && this.open()));
  }

  start() {
    this.wanted = true;
    return this.open();
  }

  stop() {
    this.wanted = false;
    this.release();
  }

  async open() {
    if (this.stream || document.hidden) return;
    const round = ++this.round;
    this.say("starting");
    try {
      if (!navigator.mediaDevices) throw Object.assign(new Error(), { name: "NoMediaDevices" });
      const picture = this.other ? { deviceId: { exact: this.other } } : { facingMode: { ideal: "environment" } };
      const stream = await navigator.mediaDevices.getUserMedia({ video: { ...PICTURE, ...picture }, audio: false });
      if (round !== this.round) return end(stream);
      this.stream = stream;
      this.track.addEventListener("ended", () => this.stream === stream && this.again());
      this.video.srcObject = stream;
      await this.video.play();
      this.read ??= await openDecoder(this.decoding).catch(noDecoder);
      if (round !== this.round) return;
      this.say("on");
      this.next(round);
    } catch (error) {
      if (round === this.round) this.fail(error);
    }
  }

  fail(error) {
    this.drop();
    // What the browser does not know any more: the next attempt takes any.
    this.other = null;
    if (!window.isSecureContext) return this.say("insecure");
    this.say(REASONS[error.name] ?? "absent");
  }

  release() {
    this.drop();
    this.say("off");
  }

  drop() {
    this.round += 1;
    end(this.stream);
    this.stream = null;
    this.video.srcObject = null;
  }

  again() {
    this.drop();
    if (this.wanted) this.open();
  }

  say(state) {
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: state }));
  }

  next(round, wait = 0) {
    const go = () => round === this.round && this.look(round);
    if (wait > 0) setTimeout(() => this.next(round), wait);
    else if (this.video.requestVideoFrameCallback) this.video.requestVideoFrameCallback(go);
    else requestAnimationFrame(go);
  }

  async look(round) {
    const began = performance.now();
    try {
      const codes = this.video.videoWidth > 0 && this.isAwaited() ? await this.read(this.video) : [];
      if (codes.length > 0 && round === this.round) this.dispatchEvent(new CustomEvent("code", { detail: codes }));
    } catch {
      // One picture that cannot be read is followed by others.
    }
    const took = performance.now() - began;
    // A slow device rests for half as long as it worked, so that it answers the finger.
    this.next(round, Math.max(BETWEEN_PICTURES - took, took / 2) - 17);
  }

  get track() {
    return this.stream?.getVideoTracks()[0] ?? null;
  }

  get hasTorch() {
    return Boolean(this.track?.getCapabilities?.().torch);
  }

  async light(on) {
    await this.track?.applyConstraints({ advanced: [{ torch: on }] });
  }

  /** The ids of the cameras that there are. */
  async cameras() {
    const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    return devices.filter((each) => each.kind === "videoinput" && each.deviceId).map((each) => each.deviceId);
  }

  /** The next camera of this device. */
  async change() {
    const ids = await this.cameras();
    const at = ids.indexOf(this.track?.getSettings().deviceId);
    this.other = ids[(at + 1) % ids.length] ?? null;
    this.again();
  }
}

function noDecoder(cause) {
  throw Object.assign(new Error("nothing reads codes", { cause }), { name: "NoDecoder" });
}

function end(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
