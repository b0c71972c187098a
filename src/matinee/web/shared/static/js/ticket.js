// The page of a ticket on a phone: kept for where there is no network, bright for as long as it is looked at, and swiped.

const ticket = document.querySelector("[data-ticket]");

function show(id, visible) {
  const element = document.getElementById(id);
  if (element) element.hidden = !visible;
}

async function keepForOffline() {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.addEventListener("message", (event) => {
    if (event.data && event.data.kept) show("ticket-kept", true);
  });
  await navigator.serviceWorker.register(ticket.dataset.worker);
  const { active } = await navigator.serviceWorker.ready;
  const parts = performance.getEntriesByType("resource").map((entry) => new URL(entry.name).pathname);
  const others = [...document.querySelectorAll("[data-keep]")].map((link) => new URL(link.href).pathname);
  active.postMessage({ keep: [location.pathname, ...others, ...parts] });
}

// While the ticket is in sight the screen stays on: it is held to a scanner, not touched.
async function stayAwake() {
  if (!("wakeLock" in navigator) || document.visibilityState !== "visible") return;
  try {
    await navigator.wakeLock.request("screen");
  } catch {
    // A phone that is short of power refuses.
  }
}

function swipe() {
  let from = null;
  const panel = document.querySelector(".ticket-stub");
  panel.addEventListener("touchstart", (event) => {
    from = event.touches.length === 1 ? event.touches[0] : null;
  }, { passive: true });
  panel.addEventListener("touchend", (event) => {
    if (!from) return;
    const to = event.changedTouches[0];
    const [across, down] = [to.clientX - from.clientX, to.clientY - from.clientY];
    from = null;
    if (Math.abs(across) < 60 || Math.abs(across) < 2 * Math.abs(down)) return;
    const link = document.querySelector(across < 0 ? "a[rel=next]" : "a[rel=prev]");
    if (link) link.click();
  }, { passive: true });
}

function tellNetwork() {
  show("ticket-offline", !navigator.onLine);
}

if (ticket) {
  swipe();
  tellNetwork();
  window.addEventListener("online", tellNetwork);
  window.addEventListener("offline", tellNetwork);
  document.addEventListener("visibilitychange", stayAwake);
  if (ticket.dataset.ticket === "valid") stayAwake();
  keepForOffline().catch(() => {});
}
