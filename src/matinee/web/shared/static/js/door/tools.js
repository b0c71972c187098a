// The row of tools below: camera, light, sound, night colours; and which colours there are by day.

import { keep, kept } from "./kept.js";
import { isMuted, mute } from "./signals.js";
import { text } from "./texts.js";

const part = (id) => document.getElementById(id);
const press = (tool, on) => tool.setAttribute("aria-pressed", String(on));

function cameraTools(camera) {
  const [tool, light, turn] = ["tool-camera", "tool-light", "tool-turn"].map(part);
  tool.addEventListener("click", () => {
    // What was refused or absent before is tried again.
    const on = !camera.wanted || camera.state !== "on";
    keep("camera-off", !on);
    if (on) camera.start();
    else camera.stop();
  });
  light.addEventListener("click", async () => {
    const on = light.getAttribute("aria-pressed") !== "true";
    await camera.light(on).then(() => press(light, on), () => press(light, false));
  });
  turn.addEventListener("click", () => camera.change());
  camera.addEventListener("state", async ({ detail: state }) => {
    part("finder").dataset.camera = state;
    part("camera-say").textContent = text(`camera_${state}`);
    press(tool, state === "on" || state === "starting");
    press(light, false);
    light.hidden = state !== "on" || !camera.hasTorch;
    turn.hidden = state !== "on" || (await camera.cameras()).length < 2;
  });
}

function soundTool() {
  const tool = part("tool-sound");
  press(tool, !isMuted());
  tool.addEventListener("click", () => {
    mute(!isMuted());
    press(tool, !isMuted());
  });
}

function nightTool() {
  const tool = part("tool-night");
  press(tool, kept("night", false));
  tool.addEventListener("click", () => {
    const on = tool.getAttribute("aria-pressed") !== "true";
    keep("night", on);
    press(tool, on);
    document.dispatchEvent(new CustomEvent("door:colors"));
  });
}

function colorsField() {
  const field = part("colors");
  field.value = kept("colors", document.documentElement.dataset.theme === "light" ? "light" : "dark");
  field.addEventListener("change", () => {
    keep("colors", field.value);
    document.dispatchEvent(new CustomEvent("door:colors"));
  });
}

export function openTools(camera) {
  cameraTools(camera);
  soundTool();
  nightTool();
  colorsField();
}
