// The page's side of the service worker: registers it, and looks for a new version while the page is open all night.

const LOOK_MS = 30 * 60_000;

/**
 * Lets the page open without a network. `worker`: its address. `ready()`: it does now; `renewed()`: a newer version is
 * kept, and is shown when the page is loaded again. Nothing happens where the browser has no service workers.
 */
export async function keepPageOffline({ worker, ready = () => {}, renewed = () => {} }) {
  if (!("serviceWorker" in navigator)) return;
  // Whoever has none yet gets the first one, which is no newer one.
  let hadOne = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (hadOne) renewed();
    hadOne = true;
  });
  const registration = await navigator.serviceWorker.register(worker, { updateViaCache: "none" });
  await navigator.serviceWorker.ready;
  ready();
  setInterval(() => registration.update().catch(() => {}), LOOK_MS);
}
