// The screen stays on while one stands at the door.

let wanted = false;

async function ask() {
  if (!wanted || document.hidden || !("wakeLock" in navigator)) return;
  try {
    await navigator.wakeLock.request("screen");
  } catch {
    // A phone that is short of power refuses.
  }
}

document.addEventListener("visibilitychange", ask);

export function stayAwake() {
  wanted = true;
  ask();
}
