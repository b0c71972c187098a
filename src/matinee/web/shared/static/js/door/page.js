// The scanner's page: choosing where one stands, then from what is scanned to an answer.

import { AnswerPanel } from "./answer.js";
import { shortWords } from "./answer_words.js";
import { stayAwake } from "./awake.js";
import { Camera } from "./camera.js";
import { Choosing } from "./choosing.js";
import { Conflicts } from "./conflicts.js";
import { Counts } from "./counts.js";
import { openEngine } from "./engine.js";
import { listenToHandScanner } from "./hand_scanner.js";
import { kept } from "./kept.js";
import { keepPageOffline } from "./kept_offline.js";
import { Network } from "./network.js";
import { Scanner } from "./scanner.js";
import { Searching } from "./searching.js";
import { text, told } from "./texts.js";
import { openTools } from "./tools.js";

const part = (id) => document.getElementById(id);

const answers = new AnswerPanel(part("answer"), part("main"));
const choosing = new Choosing(part("choosing"));
const counts = new Counts(part("counts"));
const conflicts = new Conflicts(answers);
const network = new Network();
const searching = new Searching(part("searching"));
const scanner = new Scanner({ answers, failed: sayFailed, settled: showLast });
const camera = new Camera(part("video"), told, () => scanner.isFree && !searching.sheet.open && !part("scanning").hidden);
let engine = null;
let choice = null;

openTools(camera);
camera.addEventListener("code", ({ detail: codes }) => scanner.see(codes));
searching.addEventListener("code", ({ detail: code }) => scanner.scan(code));
answers.addEventListener("undo", () => scanner.undo());
answers.addEventListener("let_in", ({ detail: shown }) => scanner.letIn(shown.code));
choosing.addEventListener("chosen", ({ detail: chosen }) => begin(chosen));
choosing.addEventListener("back", () => stand());
part("undo").addEventListener("click", () => scanner.undo());
part("last").addEventListener("click", () => scanner.again());
part("tool-find").addEventListener("click", () => searching.open(() => engine?.list() ?? []));
part("load-again").addEventListener("click", () => location.reload());
part("take-over").addEventListener("click", () => begin(choice, { takeOver: true }));
part("tool-door").addEventListener("click", () => choose());
listenToHandScanner((code) => {
  searching.close();
  scanner.scan(code);
});

async function start() {
  const renewed = () => (part("renewed").hidden = false);
  keepPageOffline({ worker: told.worker, renewed }).catch(() => {});
  const remembered = await choosing.remembered();
  if (remembered) await begin(remembered);
  else await choose();
}

async function choose() {
  camera.stop();
  part("scanning").hidden = true;
  await choosing.show(engine && choice);
}

async function begin(chosen, { takeOver = false } = {}) {
  await engine?.close();
  engine = scanner.engine = null;
  choice = chosen;
  part("door-shown").textContent = choice.door;
  stand();
  try {
    engine = await openEngine({ ...chosen, urls: told.urls, token: told.token, takeOver });
  } catch (error) {
    if (error.code !== "elsewhere") throw error;
    part("elsewhere").hidden = false;
    return;
  }
  part("elsewhere").hidden = true;
  scanner.engine = engine;
  for (const name of ["counts", "list", "state"]) engine.addEventListener(name, showCounts);
  engine.addEventListener("conflict", () => conflicts.come());
  conflicts.watch(engine);
  network.watch(engine);
  showCounts();
}

function stand() {
  choosing.hide();
  part("scanning").hidden = false;
  stayAwake();
  if (!kept("camera-off", false)) camera.start();
}

function showCounts() {
  if (engine) counts.show(engine.list(), engine.counts());
}

function showLast(answer) {
  part("last").disabled = false;
  part("last-words").textContent = shortWords(answer);
  part("last-icon").setAttribute("href", `#icon-${answer.result}`);
  if (answer.result === "welcome") offerUndo(text("undo_seat", answer), true);
  if (["undone", "nothing_to_undo"].includes(answer.result)) offerUndo(text("undo"), false);
  showCounts();
  network.show();
}

/** Of whom it would be said that he is not in: what was scanned after him and let nobody in is not undone. */
function offerUndo(words, possible) {
  part("undo-words").textContent = words;
  part("undo").disabled = !possible;
}

function sayFailed() {
  part("answer-aloud").textContent = text("scan_failed");
}

start();
