// Lets the page of the door open without a network: keeps the page and all that it is made of, one version as a whole.
// What the server says to scans, lists and counts is never kept here: the page itself keeps what it must not lose.
//
// The server puts KEPT in front: {version, page, manifest, assets}, so that this file differs whenever an asset does.

/* global KEPT */
const PREFIX = "door-";
const NAME = PREFIX + KEPT.version;
const ASSETS = "/static/site/";
// After that the kept page is shown: somebody stands at the door.
const PAGE_MS = 3000;

self.addEventListener("install", (event) => {
  event.waitUntil(keepAll().then(() => self.skipWaiting()));
});

// The version before this one stays: a page that is open was made of it, and may yet load a part.
self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOldVersions().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (url.pathname === KEPT.page) event.respondWith(page(event));
  } else if (url.pathname.startsWith(ASSETS)) {
    event.respondWith(asset(request));
  } else if (url.pathname === KEPT.manifest) {
    event.respondWith(fetch(request).catch(() => kept(KEPT.manifest)));
  }
});

/** All of a version or nothing: one that lacks a part would fail at the door. */
async function keepAll() {
  const cache = await caches.open(NAME);
  const known = new Set((await cache.keys()).map(({ url }) => new URL(url).pathname));
  const missing = KEPT.assets.filter((path) => !known.has(path));
  await Promise.all(missing.map(async (path) => cache.put(path, await ofThisVersion(path))));
  await cache.put(KEPT.manifest, await whole(await fetch(KEPT.manifest, { cache: "no-store" })));
  await cache.put(KEPT.page, await pageOfThisVersion(await fetch(KEPT.page, { cache: "no-store", credentials: "same-origin" })));
}

async function whole(response) {
  if (!response.ok || response.redirected) throw new Error(`${response.url}: ${response.status}`);
  return response;
}

// Of another version the server gives the newest file, and does not let it be kept.
async function ofThisVersion(path) {
  const response = await whole(await fetch(path));
  if (!/immutable/.test(response.headers.get("Cache-Control") ?? "")) throw new Error(`${path} is of another version`);
  return response;
}

async function pageOfThisVersion(response) {
  const text = await (await whole(response)).clone().text();
  if (!text.includes(`${ASSETS}${KEPT.version}/`)) throw new Error("the page is of another version");
  return response;
}

/** As it is now; as it was kept where the server does not answer in time. */
async function page(event) {
  const fresh = fetch(event.request);
  event.waitUntil(fresh.then((response) => keepPage(response.clone())).catch(() => {}));
  const old = await kept(KEPT.page);
  if (!old) return fresh;
  const late = new Promise((_, fail) => setTimeout(fail, PAGE_MS));
  try {
    const response = await Promise.race([fresh, late]);
    return response.status >= 500 ? old : response;
  } catch {
    return old;
  }
}

async function keepPage(response) {
  const cache = await caches.open(NAME);
  await cache.put(KEPT.page, await pageOfThisVersion(response));
}

async function asset(request) {
  const found = await kept(request.url);
  if (found) return found;
  const response = await fetch(request);
  if (response.ok && new URL(request.url).pathname.startsWith(`${ASSETS}${KEPT.version}/`)) {
    const cache = await caches.open(NAME);
    await cache.put(request, response.clone());
  }
  return response;
}

/** From the newest version that has it. */
async function kept(url) {
  for (const name of [NAME, ...(await versions()).reverse()]) {
    const found = await caches.match(url, { cacheName: name, ignoreVary: true });
    if (found) return found;
  }
  return undefined;
}

/** The names of the versions that are kept, the oldest first. */
async function versions() {
  return (await caches.keys()).filter((name) => name.startsWith(PREFIX));
}

async function forgetOldVersions() {
  const others = (await versions()).filter((name) => name !== NAME);
  await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
}
